import type { Decimal } from '../../lambdas/shared/domain/decimal';
import { sum, toCents } from './money';

/** A part of the cost of a stack. */
export type Part =
  | 'Kafka'
  | 'Network'
  | 'Functions'
  | 'Tables'
  | 'Observability'
  | 'Airflow'
  | 'Spark'
  | 'Cassandra';

/** A cost: monthly, or of history once. */
export interface CostLine {
  readonly part: Part;
  /** Quantity and item, such as `3 x NAT gateway`. */
  readonly what: string;
  /** In US dollars, with two digits. */
  readonly usd: Decimal;
  readonly growsWithPairs: boolean;
}

/** A cost that does not depend on the number of pairs. */
export function fixedLine(part: Part, what: string, usd: Decimal): CostLine {
  return { part, what, usd: toCents(usd), growsWithPairs: false };
}

/** A cost that grows with the number of pairs. */
export function growingLine(part: Part, what: string, usd: Decimal): CostLine {
  return { part, what, usd: toCents(usd), growsWithPairs: true };
}

/** The sum of lines, in US dollars with two digits. */
export function totalOf(lines: readonly CostLine[]): Decimal {
  return sum(lines.map(({ usd }) => usd));
}
