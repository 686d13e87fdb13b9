import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { pairOrPatternProblem } from '../domain/followed/pair-patterns';
import { EXCHANGE_NAMES, type ExchangeName } from './exchanges/exchange-facts';

/** Stands beside the code of a function that follows exchanges: a JSON object, an exchange's name to its pairs. */
export const PAIRS_FILE = 'pairs.json';

/** The file of the pairs is missing or damaged. */
export class InvalidPairsFileError extends Error {
  override readonly name = 'InvalidPairsFileError';
  constructor(file: string, problem: string, options?: ErrorOptions) {
    super(
      `The pairs to follow are not in ${file}: ${problem}. The deployment writes this file beside the function's code: deploy the stage again.`,
      options,
    );
  }
}

const Pairs = v.pipe(
  v.array(
    v.pipe(
      v.string('expected a pair'),
      v.check(
        (text) => pairOrPatternProblem(text) === undefined,
        'expected pairs such as BTC_USDT, or patterns such as *_USDT',
      ),
    ),
    'expected a list of pairs',
  ),
  v.minLength(1, 'expected at least one pair'),
  v.check((pairs) => new Set(pairs).size === pairs.length, 'expected each pair once'),
);

const FileContent = v.record(
  v.picklist(EXCHANGE_NAMES, `expected exchanges of ${EXCHANGE_NAMES.join(', ')}`),
  Pairs,
  'expected an object, an exchange to its pairs',
);

/** The pairs of exchanges, or patterns of pairs such as `*_USDT`. */
export type PairsByExchange = Readonly<Partial<Record<ExchangeName, readonly string[]>>>;

/**
 * Reads the pairs that stand beside the code of a function.
 *
 * @param folder of the function's code
 * @throws InvalidPairsFileError that names the file and its problems
 */
export function readPairsFile(folder: string): PairsByExchange {
  const file = join(folder, PAIRS_FILE);
  const parsed = v.safeParse(FileContent, parsedFile(file));
  if (parsed.success) return parsed.output;
  throw new InvalidPairsFileError(file, parsed.issues.slice(0, 5).map(issueText).join('; '));
}

function parsedFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new InvalidPairsFileError(file, String(cause), { cause });
  }
}

function issueText(issue: v.BaseIssue<unknown>): string {
  const place = v.getDotPath(issue);
  return `${place === null ? '' : `${place}: `}${issue.message} (it has ${JSON.stringify(issue.input).slice(0, 120)})`;
}
