import { createConsole } from '../../../local/watch/console';
import type { RunStatus } from '../../../local/watch/run-status';

const statusOf = (minutesStored: number, pairs = 1): RunStatus => ({
  exchange: 'simulated',
  pairs: Array.from({ length: pairs }, (_, at) => ({
    pair: `PAIR${at}_USDT`,
    newest: { openTimeMs: 0, close: '1.5' },
    seenToMs: 60_000,
    minutesStored,
    gaps: 0,
    history: null,
    problem: null,
  })),
  functions: [],
  mappings: [],
  deadLetters: 0,
  throttledRequests: null,
});

function recorder(columns?: number, rows?: number) {
  const writes: string[] = [];
  return { columns, rows, writes, write: (text: string) => writes.push(text) };
}

/** What a terminal of the size shows after the writes: enough of one for what the console sends. */
function screenOf(writes: readonly string[], columns: number): string[] {
  const screen: string[] = [];
  let row = 0;
  for (const [token] of writes.join('').matchAll(/\x1b\[\d*[AJK]|\r|\n|[^\x1b\r\n]+/g)) {
    const up = /^\x1b\[(\d+)A$/.exec(token);
    if (up !== null) row -= Number(up[1]);
    else if (token === '\x1b[J') screen.splice(row);
    else if (token === '\n') row++;
    else if (token !== '\r' && token !== '\x1b[K') {
      for (let at = 0; at < token.length; at += columns) {
        if (at > 0) row++;
        screen[row] = token.slice(at, at + columns);
      }
    }
    if (token === '\x1b[K') screen[row] ??= '';
    if (row < 0) throw new Error('The cursor left the screen at its top.');
  }
  return screen;
}

describe('on a terminal', () => {
  test('a status is drawn over the one before, in one write', () => {
    const stream = recorder(100, 30);
    const shown = createConsole({ stream, isTTY: true });

    shown.update(statusOf(1, 3), 60_000);
    shown.update(statusOf(2, 1), 60_000);

    expect(stream.writes).toHaveLength(2);
    expect(stream.writes[1]).toMatch(/^\x1b\[9A\rpair /);
    const screen = screenOf(stream.writes, 100);
    expect(screen).toHaveLength(7);
    expect(screen[1]).toMatch(/^PAIR0_USDT +1970-01-01 00:00 +1\.5 +0 s +2 /);
    expect(screen[6]).toBe('exchange      simulated');
  });

  test('the same status is not drawn again', () => {
    const stream = recorder(100, 30);
    const shown = createConsole({ stream, isTTY: true });

    shown.update(statusOf(1), 60_000);
    shown.update(statusOf(1), 60_000);

    expect(stream.writes).toHaveLength(1);
  });

  test('notes stay above the table', () => {
    const stream = recorder(100, 30);
    const shown = createConsole({ stream, isTTY: true });

    shown.note('kafka: listening');
    shown.update(statusOf(1), 60_000);
    shown.note('cassandra: died\nits last line');
    shown.update(statusOf(7), 60_000);

    const screen = screenOf(stream.writes, 100);
    expect(screen.slice(0, 3)).toEqual(['kafka: listening', 'cassandra: died', 'its last line']);
    expect(screen[3]).toMatch(/^pair /);
    expect(screen[4]).toMatch(/ 7 +0 +-$/);
    expect(screen).toHaveLength(10);
  });

  test('the table keeps within the terminal, whose last line is the cursor', () => {
    const stream = recorder(40, 10);
    const shown = createConsole({ stream, isTTY: true });

    shown.update(statusOf(1, 50), 60_000);

    const screen = screenOf(stream.writes, 40);
    expect(screen).toHaveLength(9);
    expect(Math.max(...screen.map((line) => line.length))).toBe(40);
  });

  test('a terminal whose size nobody has set is taken for a usual one', () => {
    const stream = recorder(0, 0);
    const shown = createConsole({ stream, isTTY: true });

    shown.update(statusOf(1, 50), 60_000);

    const screen = screenOf(stream.writes, 80);
    expect(screen[0]).toMatch(/^pair .* gaps +history$/);
    expect(screen).toHaveLength(23);
  });

  test('a terminal made narrower shows the table once', () => {
    const wide = recorder(100, 30);
    const stream = { columns: 100, rows: 30, write: wide.write };
    const shown = createConsole({ stream, isTTY: true });
    shown.update(statusOf(1), 60_000);

    stream.columns = 50;
    shown.update(statusOf(2), 60_000);

    // Two lines of 58 characters have become four.
    expect(wide.writes[1]).toMatch(/^\x1b\[9A/);
  });

  test('after the close notes follow the last table, and updates are not drawn', () => {
    const stream = recorder(100, 30);
    const shown = createConsole({ stream, isTTY: true });
    shown.update(statusOf(1), 60_000);

    shown.close();
    shown.update(statusOf(2), 60_000);
    shown.note('stopped');

    const screen = screenOf(stream.writes, 100);
    expect(screen).toHaveLength(8);
    expect(screen[7]).toBe('stopped');
  });
});

describe('elsewhere', () => {
  const setUp = () => {
    const stream = recorder();
    const time = { ms: 0 };
    const shown = createConsole({ stream, isTTY: false, lineEveryMs: 5_000, clock: () => time.ms });
    return { stream, time, shown };
  };
  const line = (minutes: string, behind = '0 s') =>
    `1 pair, newest 1970-01-01 00:00 UTC, at most ${behind} behind, ${minutes} stored\n`;

  test('changes are lines, the first at once, then one in a while', () => {
    const { stream, time, shown } = setUp();

    for (const [minutes, atMs] of [
      [1, 0],
      [2, 1_000],
      [3, 4_999],
      [4, 5_000],
    ] as const) {
      time.ms = atMs;
      shown.update(statusOf(minutes), 60_000);
    }

    expect(stream.writes).toEqual([line('1 minute'), line('4 minutes')]);
  });

  test('time that passes is no change', () => {
    const { stream, time, shown } = setUp();
    shown.update(statusOf(1), 60_000);

    time.ms = 60_000;
    shown.update(statusOf(1), 120_000);
    shown.close();

    expect(stream.writes).toEqual([line('1 minute')]);
  });

  test('the close prints the last change, once', () => {
    const { stream, shown } = setUp();
    shown.update(statusOf(1), 60_000);
    shown.update(statusOf(2), 90_000);

    shown.close();
    shown.close();

    expect(stream.writes).toEqual([line('1 minute'), line('2 minutes', '30 s')]);
  });

  test('after the close updates are not printed', () => {
    const { stream, time, shown } = setUp();
    shown.update(statusOf(1), 60_000);

    shown.close();
    time.ms = 60_000;
    shown.update(statusOf(2), 60_000);
    shown.close();

    expect(stream.writes).toEqual([line('1 minute')]);
  });

  test('notes are lines', () => {
    const { stream, shown } = setUp();

    shown.note('kafka: listening');

    expect(stream.writes).toEqual(['kafka: listening\n']);
  });
});
