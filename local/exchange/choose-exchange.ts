import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { CandleSource } from './candles/candle-source';
import { failureReason, isMissingFile } from '../../cli/failure-reason';
import { GeneratedCandles } from './candles/generated-candles';
import { type RecordedCandles, readRecordedCandles } from './candles/recorded-candles';

/** Where the real exchange is. */
export const GATE_IO_URL = 'https://api.gateio.ws';
const DEFAULT_TIMEOUT_MS = 2_000;
const SERVER_TIME = /"server_time"\s*:\s*\d/;

/** The part of `fetch` that a look at Gate.io needs. */
export type Fetch = (url: string, init: { readonly signal: AbortSignal }) => Promise<Response>;

/** The exchange to use, with a line that says which it is. */
export type ChosenExchange =
  | { readonly kind: 'live'; readonly url: string; readonly description: string }
  | { readonly kind: 'simulated'; readonly source: CandleSource; readonly description: string }
  | { readonly kind: 'recorded'; readonly source: RecordedCandles; readonly description: string };

/** What the choice depends on. */
export interface ExchangeChoiceOptions {
  /** The pairs of a simulated exchange. */
  readonly pairs: readonly string[];
  /** The seed of a simulated exchange; 1 if left out. */
  readonly seed?: number;
  /** Asks Gate.io; the platform's `fetch` if left out. */
  readonly fetch?: Fetch;
  /** How long Gate.io has to answer; 2,000 if left out. */
  readonly timeoutMs?: number;
}

/** The exchange that was asked for cannot be had: the message says why, and what to choose instead. */
export class ExchangeChoiceError extends Error {
  override readonly name = 'ExchangeChoiceError';
}

/**
 * Chooses the exchange: `live` is Gate.io, `simulated` is generated trading, `auto`
 * is Gate.io where it answers in time and generated trading elsewhere; anything
 * else is a folder with recorded candles.
 *
 * @throws ExchangeChoiceError where `live` does not answer or the folder is none
 * @throws RecordedCandlesError where the folder's files cannot be used
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
    `The exchange is to be live, but Gate.io ${silence}; check the network, or choose auto, simulated or a folder`,
  );
}

function simulated({ pairs, seed = 1 }: ExchangeChoiceOptions, because = ''): ChosenExchange {
  return {
    kind: 'simulated',
    source: new GeneratedCandles({ seed, pairs }),
    description: `exchange: simulated${because}, seed ${seed}`,
  };
}

/** Why Gate.io cannot be used, to follow its name; nothing where it answers. */
async function whyGateIoIsSilent({
  fetch = globalThis.fetch,
  timeoutMs = DEFAULT_TIMEOUT_MS,
}: ExchangeChoiceOptions): Promise<string | undefined> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(`${GATE_IO_URL}/api/v4/spot/time`, { signal });
    if (!response.ok) return `answered HTTP ${response.status}`;
    return SERVER_TIME.test(await response.text()) ? undefined : 'did not tell its time';
  } catch (error) {
    if (signal.aborted) return `did not answer within ${timeoutMs / 1_000} s`;
    return `could not be reached: ${failureReason(error)}`;
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
    description: `exchange: recorded candles of ${pairs} in ${resolve(folder)}, ${minuteText(fromMs)} to ${minuteText(toMs)}`,
  };
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (isMissingFile(error)) return false;
    throw error;
  }
}

/** `2018-01-20T04:53Z`. */
function minuteText(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 16)}Z`;
}
