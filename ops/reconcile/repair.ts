import pLimit from 'p-limit';
import { tableLines } from '../../cli/text-table';
import { dayText, durationText, minuteText } from '../../cli/utc-time';
import type { TimeRange } from '../../lambdas/shared/adapters/database/stored-candles';
import { DAY_MS, MINUTE_MS } from '../../lambdas/shared/domain/interval';
import { dueOf, isSealed, type LedgerDay } from '../../lambdas/shared/domain/ledger/ledger';
import { type Market, marketKey } from '../../lambdas/shared/domain/market';
import { OperationError } from '../operation-error';
import type { Pipeline, PipelineStore } from '../pipeline/pipeline';
import { DAY_COLUMNS, dayCells } from './day-texts';

/** The surroundings of a repair. */
export interface RepairSurroundings {
  readonly print: (text: string) => void;
  readonly clock: () => number;
  /** Resolves after a time, or at once as the signal is aborted. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Is aborted by Ctrl-C and its like. */
  readonly signal: AbortSignal;
}

/** Days to repair. */
export interface Repair {
  readonly pipeline: Pipeline;
  readonly store: Pick<PipelineStore, 'readDays' | 'reopenDay' | 'databaseTime'>;
  readonly market: Market;
  /** Oldest first. */
  readonly days: readonly LedgerDay[];
  readonly timeLimitMs: number;
  /** Age of the oldest minutes that the API of its exchange serves. */
  readonly retentionMs: number;
}

const CONCURRENT_WRITES = 16;
const POLL_MS = 5_000;
/** A seal that is taken off with a time of the future stays off until then. */
const MOST_AHEAD_MS = 5 * MINUTE_MS;

/** Times at which each day was unsealed, by the day's start. */
type Reopenings = ReadonlyMap<number, number>;

/**
 * Takes the seals of days off, and waits until each has been audited since, or
 * refused, or waits for the archive. The ledger does the work, whether it is waited for or not.
 *
 * @returns whether every day was audited
 * @throws OperationError if this machine's clock is ahead, or a seal does not come off
 */
export async function repair(work: Repair, io: RepairSurroundings): Promise<boolean> {
  const startedMs = io.clock();
  await assertClock(work, startedMs);
  const reopenings = await reopen(work, startedMs);
  io.print(`${announcement(work, startedMs)}\n`);
  const seen = await untilAudited(work, { reopenings, endMs: startedMs + work.timeLimitMs }, io);
  const terms = { nowMs: io.clock(), retentionMs: work.retentionMs };
  const rows = seen.map((day) => dayCells(day, terms));
  io.print(`${tableLines(DAY_COLUMNS, rows).join('\n')}\n`);
  const left = seen.filter((day) => !isAudited(day, reopenings)).length;
  if (left > 0) io.print(`${leftText(work, left, io)}\n`);
  return left === 0;
}

async function assertClock({ pipeline, store }: Repair, nowMs: number): Promise<void> {
  const databaseMs = await store.databaseTime();
  if (nowMs <= databaseMs + MOST_AHEAD_MS) return;
  throw new OperationError(
    `The clock of this machine, ${minuteText(nowMs)}, is ahead of that of ${pipeline.name}, ${minuteText(databaseMs)}: no audit before the former could seal the days. Set the clock, and try again`,
  );
}

async function reopen({ market, days, store, pipeline }: Repair, nowMs: number) {
  const reopenings = new Map(days.map((day) => [day.dayMs, reopeningTime(day, nowMs)]));
  await pLimit(CONCURRENT_WRITES).map([...reopenings], ([dayMs, atMs]) =>
    store.reopenDay(market, dayMs, atMs),
  );
  const read = await store.readDays(market, rangeOf(days));
  const sealed = read.filter((day) => isSealed(day) && !isAudited(day, reopenings));
  const [first] = sealed;
  if (first === undefined) return reopenings;
  throw new OperationError(
    `The seal of ${dayText(first.dayMs)} of ${marketKey(market)} in ${pipeline.name} has not come off (${countText(sealed.length)} still sealed): the ledger has a newer write of it. Try again`,
  );
}

/** Later than all that is stored of the day, even if this machine's clock is slow: or else what is stored would win. */
function reopeningTime({ audit, ask }: LedgerDay, nowMs: number): number {
  return Math.max(nowMs, (audit?.observedAtMs ?? 0) + 1, (ask?.askedAtMs ?? 0) + 1);
}

function announcement({ market, days, pipeline, retentionMs }: Repair, nowMs: number): string {
  const terms = { nowMs, retentionMs };
  const waiting = days.filter((day) => waitsForArchive(reopened(day, nowMs), terms));
  const lines = [
    `${marketKey(market)} of ${pipeline.name}: ${countText(days.length)} unsealed, and requested again at one of the next firings of reconcile (days of the last month within minutes, older ones within an hour)`,
  ];
  const [first] = waiting;
  if (first !== undefined) lines.push(waitingText(waiting.length, first, terms));
  return lines.join('\n');
}

function waitingText(count: number, first: LedgerDay, terms: Terms): string {
  const due = dueOf(reopened(first, terms.nowMs), terms);
  const from = due.kind === 'open' ? minuteText(due.scheduledAtMs) : '';
  return `${countText(count)} not available now: the API no longer serves all of ${dayText(first.dayMs)}, and the archive has its month from ${from} on`;
}

function countText(count: number): string {
  return count === 1 ? '1 day is' : `${count} days are`;
}

interface Terms {
  readonly nowMs: number;
  readonly retentionMs: number;
}

/** The day as it is once its seal is off. */
function reopened({ dayMs, audit }: LedgerDay, reopenedAtMs: number): LedgerDay {
  const open = audit && { ...audit, sealedAtMs: null };
  return { dayMs, audit: open, ask: undefined, reopenedAtMs };
}

/** Whether a day is not available yet. */
function waitsForArchive(day: LedgerDay, terms: Terms): boolean {
  const due = dueOf(day, terms);
  return due.kind === 'open' && due.source === 'archive' && due.scheduledAtMs > terms.nowMs;
}

/** The days as they are once nothing is to be waited for any more. */
async function untilAudited(
  { store, market, days, retentionMs }: Repair,
  { reopenings, endMs }: { readonly reopenings: Reopenings; readonly endMs: number },
  io: RepairSurroundings,
): Promise<readonly LedgerDay[]> {
  for (;;) {
    const oldestFirst = [...(await store.readDays(market, rangeOf(days)))].reverse();
    const terms = { nowMs: io.clock(), retentionMs };
    const isSettled = (day: LedgerDay): boolean =>
      isAudited(day, reopenings) || isRefused(day, reopenings) || waitsForArchive(day, terms);
    const isOver = terms.nowMs >= endMs || io.signal.aborted;
    if (isOver || oldestFirst.every(isSettled)) return oldestFirst;
    await io.wait(POLL_MS, io.signal);
  }
}

function rangeOf(days: readonly LedgerDay[]): TimeRange {
  return { fromMs: days[0]?.dayMs ?? 0, toMs: (days.at(-1)?.dayMs ?? 0) + DAY_MS };
}

function isAudited({ dayMs, audit }: LedgerDay, reopenings: Reopenings): boolean {
  return audit !== undefined && audit.observedAtMs > (reopenings.get(dayMs) ?? Infinity);
}

function isRefused({ dayMs, ask }: LedgerDay, reopenings: Reopenings): boolean {
  const isNew = ask !== undefined && ask.askedAtMs > (reopenings.get(dayMs) ?? Infinity);
  return isNew && ask.refusal !== null;
}

function leftText(
  { market, timeLimitMs }: Repair,
  left: number,
  { signal }: RepairSurroundings,
): string {
  const key = marketKey(market);
  const why = signal.aborted ? 'stopped' : `after ${durationText(timeLimitMs)} at most`;
  return `${why}: ${countText(left)} not audited yet. The ledger goes on by itself; "npm run coverage -- ${key}" shows how far it is`;
}
