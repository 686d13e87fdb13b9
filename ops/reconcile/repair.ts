import pLimit from 'p-limit';
import { tableLines } from '../../cli/text-table';
import { dayText, durationText, minuteText } from '../../cli/utc-time';
import { DAY_MS } from '../../lambdas/shared/domain/interval';
import { dueOf, type LedgerDay } from '../../lambdas/shared/domain/ledger';
import { type Market, marketKey } from '../../lambdas/shared/domain/market';
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
  readonly store: Pick<PipelineStore, 'readDays' | 'reopenDay'>;
  readonly market: Market;
  /** Oldest first. */
  readonly days: readonly LedgerDay[];
  readonly timeLimitMs: number;
}

const CONCURRENT_WRITES = 16;
const POLL_MS = 5_000;

/**
 * Takes the seals of days off, and waits until each has been audited since, or
 * refused, or waits for the archive. The ledger does the work, whether it is waited for or not.
 *
 * @returns whether every day was audited
 */
export async function repair(work: Repair, io: RepairSurroundings): Promise<boolean> {
  const reopenedAtMs = io.clock();
  const { market, days, store } = work;
  await pLimit(CONCURRENT_WRITES).map(days, ({ dayMs }) =>
    store.reopenDay(market, dayMs, reopenedAtMs),
  );
  io.print(`${announcement(work, reopenedAtMs)}\n`);
  const seen = await untilAudited(work, reopenedAtMs, io);
  const terms = { nowMs: io.clock(), retentionMs: work.pipeline.retentionMs };
  const rows = seen.map((day) => dayCells(day, terms));
  io.print(`${tableLines(DAY_COLUMNS, rows).join('\n')}\n`);
  const left = seen.filter((day) => !isAudited(day, reopenedAtMs)).length;
  if (left > 0) io.print(`${leftText(work, left, io)}\n`);
  return left === 0;
}

function announcement({ market, days, pipeline }: Repair, nowMs: number): string {
  const terms = { nowMs, retentionMs: pipeline.retentionMs };
  const waiting = days.filter((day) => waitsForArchive(reopened(day, nowMs), terms));
  const lines = [
    `${marketKey(market)} of ${pipeline.name}: ${countText(days.length)} asked for again, at one of the next firings of reconcile (days of the last month within minutes, older ones within an hour)`,
  ];
  const [first] = waiting;
  if (first !== undefined) lines.push(waitingText(waiting.length, first, terms));
  return lines.join('\n');
}

function waitingText(count: number, first: LedgerDay, terms: Terms): string {
  const due = dueOf(reopened(first, terms.nowMs), terms);
  const from = due.kind === 'open' ? minuteText(due.scheduledAtMs) : '';
  return `${countText(count)} not to be had now: the API no longer serves all of ${dayText(first.dayMs)}, and the archive has its month from ${from} on`;
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

/** Whether a day is not to be had yet. */
function waitsForArchive(day: LedgerDay, terms: Terms): boolean {
  const due = dueOf(day, terms);
  return due.kind === 'open' && due.source === 'archive' && due.scheduledAtMs > terms.nowMs;
}

/** The days as they are once nothing is to be waited for any more. */
async function untilAudited(
  { pipeline, store, market, days, timeLimitMs }: Repair,
  reopenedAtMs: number,
  io: RepairSurroundings,
): Promise<readonly LedgerDay[]> {
  const fromMs = days[0]?.dayMs ?? 0;
  const toMs = (days.at(-1)?.dayMs ?? 0) + DAY_MS;
  for (;;) {
    const oldestFirst = [...(await store.readDays(market, { fromMs, toMs }))].reverse();
    const terms = { nowMs: io.clock(), retentionMs: pipeline.retentionMs };
    const isSettled = (day: LedgerDay): boolean =>
      isAudited(day, reopenedAtMs) || isRefused(day, reopenedAtMs) || waitsForArchive(day, terms);
    const isOver = terms.nowMs >= reopenedAtMs + timeLimitMs || io.signal.aborted;
    if (isOver || oldestFirst.every(isSettled)) return oldestFirst;
    await io.wait(POLL_MS, io.signal);
  }
}

function isAudited({ audit }: LedgerDay, sinceMs: number): boolean {
  return audit !== undefined && audit.observedAtMs > sinceMs;
}

function isRefused({ ask }: LedgerDay, sinceMs: number): boolean {
  return ask !== undefined && ask.askedAtMs > sinceMs && ask.refusal !== null;
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
