import { ALL_FUNCTIONS } from '../../lib/naming/function-names';
import { ASSUMED, readUnits } from './workload/assumptions';
import { type CostLine, growingLine } from './cost-line';
import { gigabytes, gigabytesText, times } from './money';
import { PRICES } from './prices';
import { functionLines } from './resources/functions-cost';
import { trafficLines } from './resources/network-cost';
import { logLine } from './resources/observability-cost';
import { capacityLines } from './resources/tables-cost';
import { ofType, type StageResource } from '../stages/stage-resources';
import { logBytes, NOT_USED, type Usage } from './workload/usage';

/** Cost of a number of queries; none while nobody asks. */
export interface QueriesCost {
  readonly queries: bigint;
  /** Candles in the answer to each. */
  readonly candles: number;
  readonly lines: readonly CostLine[];
}

const QUERIES = 1_000_000n;
const CANDLES = 500;
/** The market's status, its gaps, and the days of the ledger. */
const STATE_READS = 3n;

/**
 * Computes what a million queries of 500 candles cost; undefined if the stage
 * has no query API.
 */
export function queriesCost(resources: readonly StageResource[]): QueriesCost | undefined {
  if (ofType(resources, 'AWS::Lambda::Url').length === 0) return undefined;
  const usage = usageOfQueries();
  const answerBytes = QUERIES * BigInt(CANDLES) * ASSUMED.compressedCandleBytes;
  return {
    queries: QUERIES,
    candles: CANDLES,
    lines: [
      ...trafficLines(resources, usage),
      growingLine(
        'Network',
        `${gigabytesText(answerBytes)} out to the internet`,
        times(PRICES.internetPerGb, gigabytes(answerBytes)),
      ),
      ...functionLines(ofType(resources, 'AWS::Lambda::Function'), usage),
      ...capacityLines(usage),
      logLine(usage),
    ],
  };
}

function usageOfQueries(): Omit<Usage, 'storedBytes'> {
  const unused = Object.fromEntries(ALL_FUNCTIONS.map((name) => [name, NOT_USED]));
  return {
    functions: {
      ...(unused as Usage['functions']),
      query: {
        invocations: QUERIES,
        durationMs: QUERIES * ASSUMED.queryMs,
        logBytes: logBytes(QUERIES, 0n),
      },
    },
    writeUnits: 0n,
    // One more candle is read, to know whether there is one.
    readUnits: QUERIES * (readUnits(CANDLES + 1) + STATE_READS),
    recordBytes: 0n,
    natBytes: 0n,
    rowBytes: QUERIES * BigInt(CANDLES) * ASSUMED.rowBytes,
  };
}
