import { MINUTE_MS } from '../../lambdas/shared/domain/interval';
import { type Column, tableLines } from '../../cli/text-table';
import { durationText, minuteText } from '../../cli/utc-time';

/** The stored candles of a pair. */
export interface PairStatus {
  readonly pair: string;
  /** Its newest stored one-minute candle; null for none yet. The close is a decimal as text. */
  readonly newest: { readonly openTimeMs: number; readonly close: string } | null;
  /** The end of the minutes that were stored at least once; null without progress. */
  readonly seenToMs: number | null;
  /** One-minute candles that are stored. */
  readonly minutesStored: number;
  /** Stored ranges that the exchange no longer served. */
  readonly gaps: number;
  /** Null if it is not known yet, or if the run asks for no history. */
  readonly history: HistoryStatus | null;
  /** Why its progress cannot be read; null if it can. */
  readonly problem: string | null;
}

/** The stored part of a market's history, in UTC days. */
export interface HistoryStatus {
  readonly storedDays: number;
  readonly wantedDays: number;
  /** Days that neither the exchange's API nor its archive has now: the archive gets them after their month. */
  readonly waitingDays: number;
}

/** The invocations of a function since the start. */
export interface FunctionStatus {
  readonly name: string;
  readonly invocations: number;
  /** Invocations that failed. */
  readonly errors: number;
  /** Number of times that its process was started again. */
  readonly restarts: number;
}

/** The backlog of an event source mapping. */
export interface MappingStatus {
  /** The function that it invokes. */
  readonly name: string;
  /** Records that it has not processed yet. */
  readonly lagRecords: number;
}

/** The status of a local run, for its console. */
export interface RunStatus {
  /** The source of the candles, for people. */
  readonly exchange: string;
  readonly pairs: readonly PairStatus[];
  readonly functions: readonly FunctionStatus[];
  readonly mappings: readonly MappingStatus[];
  /** Records in the topic of dead letters. */
  readonly deadLetters: number;
  /** Requests that the database throttled; null if it never does. */
  readonly throttledRequests: number | null;
}

/** The room for a status, in characters and lines. */
export interface Room {
  readonly columns: number;
  readonly rows: number;
}

const UNLIMITED: Room = { columns: Infinity, rows: Infinity };

const COLUMNS: readonly Column[] = [
  { heading: 'pair', align: 'left' },
  { heading: 'newest (UTC)', align: 'left' },
  { heading: 'close', align: 'right' },
  { heading: 'behind', align: 'right' },
  { heading: 'minutes', align: 'right' },
  { heading: 'gaps', align: 'right' },
  { heading: 'history', align: 'right' },
];

/**
 * Renders a status as a table of its pairs, with lines about the rest below it.
 * Lines longer than the room are cut; pairs that do not fit are counted.
 */
export function renderStatus(
  status: RunStatus,
  nowMs: number,
  { columns, rows }: Room = UNLIMITED,
): string {
  const rest = ['', ...restLines(status)];
  // The headings take a line, and so does the count of the other pairs.
  const most = Math.max(1, rows - rest.length - 1);
  const { pairs } = status;
  const shown = pairs.length <= most ? pairs : pairs.slice(0, Math.max(1, most - 1));
  const table = tableLines(
    COLUMNS,
    shown.map((pair) => pairRow(pair, nowMs)),
  );
  const left = pairs.length - shown.length;
  const more = left > 0 ? [`and ${countText(left)} more`] : [];
  return [...table, ...more, ...rest].map((line) => cut(line, columns)).join('\n');
}

function pairRow(pair: PairStatus, nowMs: number): string[] {
  const { newest } = pair;
  const behindMs = behindMsOf(pair, nowMs);
  return [
    pair.pair,
    newestText(pair),
    newest === null ? '-' : newest.close,
    behindMs === undefined ? '-' : durationText(behindMs),
    countText(pair.minutesStored),
    countText(pair.gaps),
    historyText(pair.history),
  ];
}

function newestText({ newest, problem }: PairStatus): string {
  if (problem !== null) return 'unreadable';
  return newest === null ? 'none yet' : minuteText(newest.openTimeMs);
}

/** Such as `12 of 365 days, 20 later`, or `all 365 days`. */
function historyText(history: HistoryStatus | null): string {
  if (history === null || history.wantedDays === 0) return '-';
  const { storedDays, wantedDays, waitingDays } = history;
  const wanted = countOf(wantedDays, 'day');
  if (storedDays >= wantedDays) return `all ${wanted}`;
  const later = waitingDays > 0 ? `, ${countText(waitingDays)} later` : '';
  return `${countText(storedDays)} of ${wanted}${later}`;
}

/** Lag of the stored candles of a pair behind `nowMs`; quiet minutes, which hold no candle, do not count. */
function behindMsOf({ newest, seenToMs }: PairStatus, nowMs: number): number | undefined {
  const ends = [seenToMs, newest && newest.openTimeMs + MINUTE_MS].filter((end) => end !== null);
  return ends.length === 0 ? undefined : Math.max(0, nowMs - Math.max(...ends));
}

function restLines(status: RunStatus): string[] {
  const { pairs, functions, mappings, deadLetters, throttledRequests, exchange } = status;
  const problems = pairs.flatMap(({ problem }) => (problem === null ? [] : [problem]));
  const throttled =
    throttledRequests === null
      ? []
      : [`throttled     ${countOf(throttledRequests, 'request')} to the database, repeated`];
  return [
    `functions     ${functions.map(functionText).join('; ') || 'none yet'}`,
    `waiting       ${mappings.map(mappingText).join('; ') || 'nothing'}`,
    `dead letters  ${countText(deadLetters)}`,
    ...throttled,
    ...problems
      .slice(0, 1)
      .map((problem) => `unreadable    ${countOf(problems.length, 'pair')}: ${problem}`),
    `exchange      ${exchange}`,
  ];
}

function functionText({ name, invocations, errors, restarts }: FunctionStatus): string {
  const parts = [countOf(invocations, 'invocation')];
  if (errors > 0) parts.push(countOf(errors, 'error'));
  if (restarts > 0) parts.push(countOf(restarts, 'restart'));
  return `${name} ${parts.join(', ')}`;
}

function mappingText({ name, lagRecords }: MappingStatus): string {
  return `${name} ${countOf(lagRecords, 'record')}`;
}

/** Renders a status in one line, for logs. */
export function renderLine(status: RunStatus, nowMs: number): string {
  const { pairs, functions, mappings, deadLetters, throttledRequests } = status;
  const stored = `${countOf(total(pairs, 'minutesStored'), 'minute')} stored`;
  const waiting = historySum(pairs, ({ waitingDays }) => waitingDays);
  const left = historySum(pairs, ({ wantedDays, storedDays }) => wantedDays - storedDays) - waiting;
  const unreadable = pairs.filter(({ problem }) => problem !== null).length;
  const troubles = [
    ...named(unreadable, 'pair', 'unreadable'),
    ...named(deadLetters, 'dead letter'),
    ...named(total(pairs, 'gaps'), 'gap'),
    ...named(total(functions, 'errors'), 'error'),
    ...named(total(functions, 'restarts'), 'restart'),
    ...named(throttledRequests ?? 0, 'request', 'throttled'),
    ...named(total(mappings, 'lagRecords'), 'record', 'waiting'),
  ];
  return [
    countOf(pairs.length, 'pair'),
    ...newestOf(pairs, nowMs),
    stored,
    ...named(left, 'day', 'of history left'),
    ...named(waiting, 'day', 'not in the archive yet'),
    ...troubles,
  ].join(', ');
}

/** Days of history over all pairs. */
function historySum(
  pairs: readonly PairStatus[],
  daysOf: (history: HistoryStatus) => number,
): number {
  return pairs.reduce((sum, { history }) => (history === null ? sum : sum + daysOf(history)), 0);
}

/** The newest candle of all pairs, and how far the last of them is behind. */
function newestOf(pairs: readonly PairStatus[], nowMs: number): string[] {
  const newest = pairs.flatMap((pair) => (pair.newest === null ? [] : [pair.newest.openTimeMs]));
  const behind = pairs.map((pair) => behindMsOf(pair, nowMs)).filter((ms) => ms !== undefined);
  if (newest.length === 0 || behind.length === 0) return ['nothing stored yet'];
  const most = durationText(Math.max(...behind));
  return [`newest ${minuteText(Math.max(...newest))} UTC`, `at most ${most} behind`];
}

type CountsOf<T> = { [K in keyof T]: T[K] extends number ? K : never }[keyof T];

function total<T extends Readonly<Record<CountsOf<T>, number>>>(
  members: readonly T[],
  count: CountsOf<T>,
): number {
  return members.reduce((sum, member) => sum + member[count], 0);
}

function named(count: number, what: string, how = ''): string[] {
  return count === 0 ? [] : [`${countOf(count, what)} ${how}`.trimEnd()];
}

const thousands = new Intl.NumberFormat('en-US');

function countText(count: number): string {
  return thousands.format(count);
}

function countOf(count: number, what: string): string {
  return `${countText(count)} ${what}${count === 1 ? '' : 's'}`;
}

function cut(line: string, columns: number): string {
  return line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}…`;
}
