import { dayDifferences, type PastDay } from '../../oracle/simulated-days';
import { type MemoryCassandra, type ReadRow, timeAt, timeOf } from '../world/memory-cassandra';

/** Watches the ledger while it is written: a day must be right at the moment that it is sealed. */
export class LedgerWatch {
  /** Days that were sealed while they were wrong, in words. */
  readonly sealedWrong: string[] = [];
  /** How many asks for a day were noted. */
  asks = 0;
  readonly #seals = new Set<string>();
  readonly #cassandra: () => MemoryCassandra;
  readonly #dayOf: (row: ReadRow) => PastDay;

  /** @param cassandra the tables, which are created with this watch */
  constructor(cassandra: () => MemoryCassandra, dayOf: (row: ReadRow) => PastDay) {
    this.#cassandra = cassandra;
    this.#dayOf = dayOf;
  }

  /** Takes a row of the ledger, just after a write of it. */
  onDayWritten(row: ReadRow): void {
    if (timeOf(row, 'sealed_at') === undefined || row.get('disputed') !== false) return;
    const day = this.#dayOf(row);
    const seal = `${day.pair} ${day.dayMs} ${timeAt(row, 'sealed_at')}`;
    if (this.#seals.has(seal)) return;
    this.#seals.add(seal);
    const [first] = dayDifferences(this.#cassandra(), day);
    if (first !== undefined) this.sealedWrong.push(`sealed while wrong: ${first}`);
  }
}
