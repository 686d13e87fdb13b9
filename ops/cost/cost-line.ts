import type { Decimal } from '../../lambdas/shared/domain/decimal';
import { sum, toCents } from './money';

/** What costs are added up by. */
export type Part =
  | 'Kafka'
  | 'Network'
  | 'Functions'
  | 'Tables'
  | 'Observability'
  | 'Airflow'
  | 'Spark'
  | 'Cassandra';

/** Something that is paid for every month. */
export interface CostLine {
  readonly part: Part;
  /** How much of what. */
  readonly what: string;
  /** In US dollars, with two digits. */
  readonly monthlyUsd: Decimal;
  readonly growsWithPairs: boolean;
}

/** A line that is the same for any number of pairs. */
export function fixedLine(part: Part, what: string, usd: Decimal): CostLine {
  return { part, what, monthlyUsd: toCents(usd), growsWithPairs: false };
}

/** A line that grows with the number of pairs. */
export function growingLine(part: Part, what: string, usd: Decimal): CostLine {
  return { part, what, monthlyUsd: toCents(usd), growsWithPairs: true };
}

/** The sum of lines, in US dollars with two digits. */
export function totalOf(lines: readonly CostLine[]): Decimal {
  return sum(lines.map(({ monthlyUsd }) => monthlyUsd));
}
