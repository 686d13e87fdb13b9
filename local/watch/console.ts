import { renderLine, renderStatus, type RunStatus } from './run-status';

/** The output of a console: `process.stdout`, or anything like it. */
export interface ConsoleStream {
  write(text: string): unknown;
  /** The terminal's width and height, in characters; undefined if it is none. */
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

export interface ConsoleOptions {
  readonly stream: ConsoleStream;
  /** Whether the stream is a terminal, on which the table is redrawn in place. */
  readonly isTTY: boolean;
  /** Without a terminal: at most one line in this time. @default 5000 */
  readonly lineEveryMs?: number;
  /** The time in milliseconds, for that. @default Date.now */
  readonly clock?: () => number;
}

/** The console of a run. */
export interface Console {
  /** Shows a status; `nowMs` is the time that its candles are behind. */
  update(status: RunStatus, nowMs: number): void;
  /** Prints a line that stays, such as `kafka: listening on 127.0.0.1:9092 after 3.1 s`. */
  note(line: string): void;
  /** Leaves the last status in place. Notes may still follow, updates not. */
  close(): void;
}

/** Creates a console: a table redrawn in place on a terminal, else a line now and then. */
export function createConsole(options: ConsoleOptions): Console {
  return options.isTTY ? createTableConsole(options) : createLineConsole(options);
}

const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;
const ERASE_TO_END_OF_LINE = '\x1b[K';
const ERASE_BELOW = '\x1b[J';

function createTableConsole({ stream }: ConsoleOptions): Console {
  let frame: readonly string[] = [];
  let closed = false;
  const draw = (lines: readonly string[]) => {
    // One write, over the old lines and without erasing them first, does not flicker.
    const text = lines.map((line) => `${line}${ERASE_TO_END_OF_LINE}\n`).join('');
    stream.write(`${upTo(frame, sizeOf(stream).columns)}${text}${ERASE_BELOW}`);
  };
  return {
    update(status, nowMs) {
      if (closed) return;
      const { columns, rows } = sizeOf(stream);
      // The cursor has a line of its own below.
      const lines = renderStatus(status, nowMs, { columns, rows: rows - 1 }).split('\n');
      if (lines.join('\n') === frame.join('\n')) return;
      draw(lines);
      frame = lines;
    },
    note(line) {
      if (closed) stream.write(`${line}\n`);
      else draw([...line.split('\n'), ...frame]);
    },
    close() {
      closed = true;
    },
  };
}

/** The usual size if the terminal gives none: undefined, or zero if nobody has set it. */
function sizeOf({ columns, rows }: ConsoleStream): { columns: number; rows: number } {
  return { columns: columns || DEFAULT_COLUMNS, rows: rows || DEFAULT_ROWS };
}

/** Moves up to the first line of a frame, which a terminal made narrower since has wrapped. */
function upTo(frame: readonly string[], columns: number): string {
  const height = frame.reduce(
    (sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)),
    0,
  );
  return height === 0 ? '' : `\x1b[${height}A\r`;
}

const LINE_EVERY_MS = 5_000;

function createLineConsole(options: ConsoleOptions): Console {
  const { stream, lineEveryMs = LINE_EVERY_MS, clock = Date.now } = options;
  let printedKey = '';
  let printedAtMs = Number.NEGATIVE_INFINITY;
  let waiting: (() => void) | undefined;
  let closed = false;
  return {
    update(status, nowMs) {
      if (closed) return;
      const key = changeKey(status);
      waiting = undefined;
      if (key === printedKey) return;
      waiting = () => {
        stream.write(`${renderLine(status, nowMs)}\n`);
        [printedKey, printedAtMs, waiting] = [key, clock(), undefined];
      };
      if (clock() - printedAtMs >= lineEveryMs) waiting();
    },
    note(line) {
      stream.write(`${line}\n`);
    },
    close() {
      waiting?.();
      closed = true;
    },
  };
}

/** A line is worth printing if this changes: anything but the time and the number of invocations. */
function changeKey({ pairs, functions, mappings, deadLetters }: RunStatus): string {
  const troubles = functions.map(({ errors, restarts }) => [errors, restarts]);
  const isLagging = mappings.map(({ lagRecords }) => lagRecords > 0);
  return JSON.stringify([pairs, troubles, isLagging, deadLetters]);
}
