import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { CandleSource } from './candles/candle-source';
import { UsageError } from '../../cli/command-line';
import { failureText, isMissingFile } from '../../cli/failure-text';
import { didYouMean } from '../../cli/near-names';
import { minuteText } from '../../cli/utc-time';
import { GeneratedCandles } from './candles/generated-candles';
import { type RecordedCandles, readRecordedCandles } from './candles/recorded-candles';

/** Base URL of the real exchange. */
export const GATE_IO_URL = 'https://api.gateio.ws';
const DEFAULT_TIMEOUT_MS = 2_000;
/** The seed of a simulated exchange. */
export const DEFAULT_SEED = 1;
const SERVER_TIME = /"server_time"\s*:\s*\d/;

/** The part of `fetch` that a look at Gate.io needs. */
export type Fetch = (url: string, init: { readonly signal: AbortSignal }) => Promise<Response>;

/** The exchange to use, with a line that says which it is. */
export type ChosenExchange =
  | { readonly kind: 'live'; readonly url: string; readonly description: string }
  | { readonly kind: 'simulated'; readonly source: CandleSource; readonly description: string }
  | { readonly kind: 'recorded'; readonly source: RecordedCandles; readonly description: string };

/** Options of the choice of an exchange. */
export interface ExchangeChoiceOptions {
  /** The pairs of a simulated exchange. */
  readonly pairs: readonly string[];
  /** The seed of a simulated exchange. @default 1 */
  readonly seed?: number;
  /** Asks Gate.io. @default the platform's `fetch` */
  readonly fetch?: Fetch;
  /** How long Gate.io has to answer. @default 2,000 */
  readonly timeoutMs?: number;
}

/** The exchange that was asked for is not available; the message gives the reason and the alternatives. */
export class ExchangeChoiceError extends Error {
  override readonly name = 'ExchangeChoiceError';
}

/**
 * Chooses the exchange: `live` is Gate.io, `simulated` is generated trading, `auto`
 * is Gate.io if it answers in time, else generated trading; anything else is a
 * folder with recorded candles.
 *
 * @throws ExchangeChoiceError if `live` does not answer or there is no such folder
 * @throws RecordedCandlesError if the folder's files cannot be used
 */
export async function chooseExchange(
  choice: string,
  options: ExchangeChoiceOptions,
): Promise<ChosenExchange> {
  if (choice === 'simulated') return simulated(options);
  if (choice !== 'auto' && choice !== 'live') return recorded(choice);
  const silence = await whyGateIoIsSilent(options);
  if (silence === undefined) {
    return { kind: 'live', url: GATE_IO_URL, description: 'exchange: Gate.io, live' };
  }
  if (choice === 'auto') return simulated(options, ` (Gate.io ${silence})`);
  throw new ExchangeChoiceError(
    `Live was chosen, but Gate.io ${silence}; check the network, or choose auto, simulated or a folder`,
  );
}

function simulated(
  { pairs, seed = DEFAULT_SEED }: ExchangeChoiceOptions,
  because = '',
): ChosenExchange {
  return {
    kind: 'simulated',
    source: new GeneratedCandles({ seed, pairs }),
    description: `exchange: simulated${because}, seed ${seed}`,
  };
}

/** The reason that Gate.io cannot be used, to follow its name; undefined if it answers. */
async function whyGateIoIsSilent({
  fetch = globalThis.fetch,
  timeoutMs = DEFAULT_TIMEOUT_MS,
}: ExchangeChoiceOptions): Promise<string | undefined> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(`${GATE_IO_URL}/api/v4/spot/time`, { signal });
    if (!response.ok) return `answered HTTP ${response.status}`;
    return SERVER_TIME.test(await response.text()) ? undefined : 'did not give its time';
  } catch (error) {
    if (signal.aborted) return `did not answer within ${timeoutMs / 1_000} s`;
    return `could not be reached: ${failureText(error)}`;
  }
}

async function recorded(folder: string): Promise<ChosenExchange> {
  if (!(await isFolder(folder))) {
    throw new ExchangeChoiceError(
      `No such exchange: ${JSON.stringify(folder)} is not a folder; choose auto, live, simulated, or a folder with recorded candles`,
    );
  }
  const source = await readRecordedCandles(folder);
  const { fromMs, toMs } = source.span();
  const pairs = source.pairs().join(', ');
  return {
    kind: 'recorded',
    source,
    description: `exchange: recorded candles of ${pairs} in ${resolve(folder)}, ${minuteText(fromMs)} to ${minuteText(toMs)} (UTC)`,
  };
}

/**
 * Checks that a recording has the pairs that were asked for.
 *
 * @throws UsageError that names those that it lacks, and its own
 */
export function assertRecorded(
  asked: readonly string[] | undefined,
  recorded: readonly string[],
  folder: string,
): void {
  const missing = (asked ?? []).filter((pair) => !recorded.includes(pair));
  const [first] = missing;
  if (first === undefined) return;
  const hint = didYouMean(first, recorded);
  const text = `${missing.join(', ')}: not in ${folder}, which has ${recorded.join(', ')}`;
  throw new UsageError(hint === undefined ? text : `${text}. ${hint}`);
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (isMissingFile(error)) return false;
    throw error;
  }
}
