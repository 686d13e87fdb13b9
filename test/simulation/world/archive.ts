import { monthAfter } from '../../../lambdas/shared/domain/calendar/months';
import {
  type Archive,
  type ArchivedDay,
  ArchiveMissingError,
  type ArchiveQuery,
  type Listings,
} from '../../../lambdas/shared/domain/ports';
import type { Calls, Life } from './calls';
import { answerOf, minutesOfDay } from './exchange';
import type { Faults } from '../faults';
import type { Random } from './random';
import type { TradedMinute } from './trading';

/** The exchange's archive, and what it says of its markets. */
export interface SimulatedArchive {
  reachedBy(life: Life): Archive & Pick<Listings, 'listedSince'>;
}

/** Everything that an archive is made from. */
export interface ArchiveWorld {
  readonly calls: Calls;
  readonly random: Random;
  readonly faults: Faults;
  readonly nowMs: () => number;
  readonly trading: ReadonlyMap<string, readonly TradedMinute[]>;
  /** How long after its end a month is published. */
  readonly lagMs: number;
  readonly listedSinceMs: number | null;
}

/** A month's file that cannot be read. */
export class UnreadableMonthError extends Error {
  override readonly name = 'UnreadableMonthError';
}

/**
 * An archive of whole months, with the last word on each minute and without quote
 * volumes. A month is missing until it is published; its file is unreadable at
 * times, or is cut, or has a row that costs its day.
 */
export function createArchive(world: ArchiveWorld): SimulatedArchive {
  return {
    reachedBy: (life) => ({
      days: (query) => archivedDays(world, life, query),
      listedSince: (pair) =>
        world.calls.ask(
          life,
          () => `listing ${pair}`,
          () => world.listedSinceMs,
        ),
    }),
  };
}

async function* archivedDays(
  world: ArchiveWorld,
  life: Life,
  { pair, monthMs, daysMs }: ArchiveQuery,
): AsyncGenerator<ArchivedDay> {
  const { calls, random, faults } = world;
  const happens = (probability: number): boolean => !calls.isCalm() && random.chance(probability);
  await calls.ask(
    life,
    () => `archive ${pair}`,
    () => openMonth(world, pair, monthMs),
  );
  const cutAfter = happens(faults.archiveCut) ? random.int(0, daysMs.length) : Infinity;
  for (const [index, dayMs] of daysMs.entries()) {
    if (index >= cutAfter) throw new UnreadableMonthError('the file ends in the middle');
    yield happens(faults.archiveRowBad)
      ? { dayMs, refusal: 'a row has another number of columns' }
      : { dayMs, answer: archivedDay(world, pair, dayMs) };
  }
}

function openMonth(
  { calls, random, faults, nowMs, lagMs }: ArchiveWorld,
  pair: string,
  monthMs: number,
) {
  if (nowMs() < monthAfter(monthMs) + lagMs) {
    throw new ArchiveMissingError(`${pair} has no ${new Date(monthMs).toISOString().slice(0, 7)}`);
  }
  if (!calls.isCalm() && random.chance(faults.archiveUnreadable)) {
    throw new UnreadableMonthError('unexpected end of file');
  }
}

function archivedDay({ trading }: ArchiveWorld, pair: string, dayMs: number) {
  const minutes = minutesOfDay(trading.get(pair) ?? [], dayMs);
  const { candles, rejected } = answerOf(minutes, Infinity);
  return { candles: candles.map((candle) => ({ ...candle, quoteVolume: null })), rejected };
}
