import { StopAsked } from '../../cli/command-end';
import { minuteText } from '../../cli/utc-time';
import type { Coverage } from '../../lambdas/shared/domain/coverage/coverage';
import { DAY_MS, floorTo } from '../../lambdas/shared/domain/interval';
import { isSealed } from '../../lambdas/shared/domain/ledger/ledger';
import { type Market, marketKey } from '../../lambdas/shared/domain/market';
import { readCoverage } from '../coverage/read-coverage';
import { OperationError } from '../operation-error';
import { findMarket } from '../pipeline/find-market';
import type { Pipeline, PipelineAccess, PipelineStore } from '../pipeline/pipeline';
import { type Printer, runOperation } from '../run-operation';
import type { ByteSink, CandleFile } from './candle-file';
import { createCsvFile } from './csv-file';
import { exportCandles, type ExportProgress, type ExportRange } from './export-candles';
import { notesOn } from './export-notes';
import { type ExportRequest, parseExportArguments } from './export-request';
import { createParquetFile } from './parquet-file';
import type { ProgressBar } from './progress-bar';
import { unlessAborted } from './unless-aborted';
import { assertFree, writeWhole } from './whole-file';

/** The surroundings of `npm run export`. */
export interface ExportSurroundings extends Printer {
  readonly pipelines: PipelineAccess;
  readonly clock: () => number;
  readonly bar: ProgressBar;
  /** Ends the export. */
  readonly signal: AbortSignal;
}

/** As shells have it for a command that Ctrl-C has ended. */
const STOPPED = 130;

/**
 * Writes the stored candles of a market into a file.
 *
 * @returns the exit code: 0; 1 if it failed, or with `--check` if a minute is missing or not sealed yet;
 *   2 for invalid arguments; 130 if it was stopped
 * @throws any error that is a mistake in the program
 */
export async function exportCommand(
  args: readonly string[],
  io: ExportSurroundings,
): Promise<number> {
  try {
    return await runOperation(io, () => runExport(parseExportArguments(args), io));
  } catch (error) {
    if (!(error instanceof StopAsked)) throw error;
    io.printError('Stopped: no file was written.\n');
    return STOPPED;
  }
}

async function runExport(request: ExportRequest, io: ExportSurroundings): Promise<number> {
  await assertFree(targetOf(request));
  const pipeline = await io.pipelines.find(request.pipeline);
  const store = io.pipelines.open(pipeline);
  try {
    const market = await unlessAborted(io.signal, findMarket(request.market, pipeline, store));
    return await exportMarket({ request, pipeline, store, market }, io);
  } finally {
    await store.close();
  }
}

interface MarketExport {
  readonly request: ExportRequest;
  readonly pipeline: Pipeline;
  readonly store: PipelineStore;
  readonly market: Market;
}

async function exportMarket(task: MarketExport, io: ExportSurroundings): Promise<number> {
  const { request, store } = task;
  const { signal, bar } = io;
  const { asked, stored } = await unlessAborted(signal, rangesOf(task));
  // The ledger is read first: what it says is sealed was stored before.
  const ledger = await unlessAborted(signal, readLedger(task, asked, io.clock()));
  const { result, syncFailure } = await writeWhole(targetOf(request), async (sink) => {
    const counted = countedSink(sink);
    const file = candleFile(request, asked, counted.sink);
    const onProgress = (progress: ExportProgress) => bar.update(progress);
    const { sealedDays } = ledger;
    try {
      const ports = { store, file, sealedDays, signal, onProgress };
      return { candleCount: await exportCandles(stored, ports), byteCount: counted.byteCount() };
    } finally {
      bar.clear();
    }
  });
  const notes = notesOn(ledger.coverage, rangeToAccount(request, asked, ledger.coverage));
  io.print(summary(request.out, asked, result));
  const lines = notes.lines.length === 0 ? [ALL_SEALED] : notes.lines;
  for (const line of lines) io.print(`  ${line}\n`);
  if (syncFailure !== null) io.print(`  a crash of this machine may undo it: ${syncFailure}\n`);
  return request.check && !notes.isSealed ? 1 : 0;
}

const ALL_SEALED = 'every minute of the range is sealed: one that is absent had no trade';

function targetOf({ out, overwrite }: ExportRequest) {
  return { path: out, overwrite };
}

/**
 * The range that is asked for, and its part from the oldest stored candle to the newest.
 *
 * @throws OperationError if nothing is stored in it
 */
async function rangesOf({
  request,
  store,
  market,
  pipeline,
}: MarketExport): Promise<{ asked: ExportRange; stored: ExportRange }> {
  const { interval } = request;
  const all = await store.readStoredRange(market, interval);
  const series = `${interval} candle of ${marketKey(market)}`;
  if (all === undefined) {
    throw new OperationError(
      `No ${series} is stored in ${pipeline.name} yet: see "npm run coverage" for what is to come`,
    );
  }
  const asked = { fromMs: request.fromMs ?? all.fromMs, toMs: request.toMs ?? all.toMs };
  const stored = {
    fromMs: Math.max(asked.fromMs, all.fromMs),
    toMs: Math.min(asked.toMs, all.toMs),
  };
  if (stored.fromMs >= stored.toMs) {
    throw new OperationError(
      `No ${series} is stored in ${pipeline.name} ${rangeText(request)}: choose a range from ${minuteText(all.fromMs)} to ${minuteText(all.toMs)}`,
    );
  }
  return { asked: { market, interval, ...asked }, stored: { market, interval, ...stored } };
}

/** Nobody asked for what is to come, if only the newest candle is not over yet. */
function rangeToAccount(request: ExportRequest, asked: ExportRange, coverage: Coverage) {
  const { fromMs, toMs } = asked;
  return { fromMs, toMs: request.toMs ?? Math.min(toMs, coverage.toMs) };
}

function rangeText({ fromMs, toMs }: ExportRequest): string {
  const from = fromMs === undefined ? '' : `from ${minuteText(fromMs)} `;
  return toMs === undefined ? `${from}(UTC) on` : `${from}to ${minuteText(toMs)} (UTC)`;
}

interface RangeLedger {
  readonly coverage: Coverage;
  /** Starts of the sealed days of the range. */
  readonly sealedDays: ReadonlySet<number>;
}

async function readLedger(
  { pipeline, store, market }: MarketExport,
  { fromMs, toMs }: ExportRange,
  nowMs: number,
): Promise<RangeLedger> {
  const days = await store.readDays(market, { fromMs: floorTo(fromMs, DAY_MS), toMs });
  const [covered] = await readCoverage(store, [market], { ...pipeline, nowMs });
  if (covered === undefined) throw new Error(`${marketKey(market)} has no coverage`);
  const sealedDays = new Set(days.filter(isSealed).map(({ dayMs }) => dayMs));
  return { coverage: covered.coverage, sealedDays };
}

function candleFile({ format }: ExportRequest, content: ExportRange, sink: ByteSink): CandleFile {
  return format === 'csv' ? createCsvFile(sink) : createParquetFile(content, sink);
}

function countedSink(sink: ByteSink): { sink: ByteSink; byteCount: () => number } {
  let byteCount = 0;
  return {
    sink: {
      async write(bytes) {
        await sink.write(bytes);
        byteCount += bytes.byteLength;
      },
    },
    byteCount: () => byteCount,
  };
}

interface Written {
  readonly candleCount: number;
  readonly byteCount: number;
}

function summary(
  out: string,
  { market, interval, fromMs, toMs }: ExportRange,
  { candleCount, byteCount }: Written,
): string {
  const candles = `${candleCount.toLocaleString('en-US')} ${interval} candles of ${marketKey(market)}`;
  const kilobytes = Math.ceil(byteCount / 1_024).toLocaleString('en-US');
  return `${out}: ${candles} from ${minuteText(fromMs)} to ${minuteText(toMs)} (UTC), ${kilobytes} KB\n`;
}
