import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { CandleSource } from './candles/candle-source';
import { UsageError } from '../../cli/command-line';
import {
  EXCHANGE_FACTS,
  type ExchangeName,
} from '../../lambdas/shared/adapters/exchanges/exchange-facts';
import { isMissingFile } from '../../cli/failure-text';
import { didYouMean } from '../../cli/near-names';
import { minuteText } from '../../cli/utc-time';
import { exchangeSeed } from './candles/exchange-seed';
import { GeneratedCandles } from './candles/generated-candles';
import { type RecordedCandles, readRecordedCandles } from './candles/recorded-candles';
import { type LookOptions, silentExchanges } from './real-exchanges';

const SEED = 1;

/** What stands for the exchanges of a run, with a line that says which it is. */
export type ChosenExchange =
  | { readonly kind: 'live'; readonly description: string }
  | { readonly kind: 'simulated'; readonly description: string }
  | { readonly kind: 'recorded'; readonly source: RecordedCandles; readonly description: string };

/** The exchange that was asked for is not available; the message gives the reason and the alternatives. */
export class ExchangeChoiceError extends Error {
  override readonly name = 'ExchangeChoiceError';
}

/**
 * Chooses what stands for the exchanges that a run follows, the same for all of
 * them: `live` is the real ones, `simulated` is generated trading, `auto` is the
 * real ones if each of them answers in time, else generated trading; anything
 * else is a folder with recorded candles. Real and generated candles do not mix.
 *
 * @throws ExchangeChoiceError if one does not answer and `live` was asked for, or there is no such folder
 * @throws RecordedCandlesError if the folder's files cannot be used
 */
export async function chooseExchange(
  choice: string,
  exchanges: readonly ExchangeName[],
  options: LookOptions = {},
): Promise<ChosenExchange> {
  if (choice === 'simulated') return simulated();
  if (choice !== 'auto' && choice !== 'live') return recorded(choice);
  const silent = await silentExchanges(exchanges, options);
  if (silent.length === 0) {
    const titles = exchanges.map((exchange) => EXCHANGE_FACTS[exchange].title);
    return { kind: 'live', description: `exchange: ${titles.join(', ')}, live` };
  }
  if (choice === 'auto') return simulated(` (${silent.join('; ')})`);
  throw new ExchangeChoiceError(
    `Live was chosen, but ${silent.join('; ')}; check the network, or choose auto, simulated or a folder`,
  );
}

/** Generated candles of an exchange: the same in every run, and others than those of each other exchange. */
export function simulatedCandles(exchange: ExchangeName, pairs: readonly string[]): CandleSource {
  return new GeneratedCandles({ seed: exchangeSeed(exchange, SEED), pairs });
}

function simulated(because = ''): ChosenExchange {
  return { kind: 'simulated', description: `exchange: simulated${because}, seed ${SEED}` };
}

async function recorded(folder: string): Promise<ChosenExchange> {
  if (!(await isFolder(folder))) {
    throw new ExchangeChoiceError(
      `${JSON.stringify(folder)} is not a folder: name one with recorded candles, or, as --exchange, auto, live or simulated`,
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
