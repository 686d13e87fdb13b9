import { WriteCapacity } from '../../../local/keyspaces/write-capacity';

const LIMITS = { tableRowsPerS: 40, partitionRowsPerS: 10 };

function setUp() {
  const clock = { nowMs: 1_000 };
  return { clock, capacity: new WriteCapacity(LIMITS, () => clock.nowMs) };
}

const rows = (count: number, partition: string | undefined, table = 'candles') =>
  Array.from({ length: count }, () => ({ table, partition }));

test('a partition takes a second of its rows at once, and no more', () => {
  const { capacity } = setUp();

  expect(capacity.take(rows(10, 'a'))).toBe(true);
  expect(capacity.take(rows(1, 'a'))).toBe(false);
  expect(capacity.take(rows(10, 'b'))).toBe(true);
});

test('a table takes the rows of all its partitions; another table has its own', () => {
  const { capacity } = setUp();

  for (const partition of ['a', 'b', 'c', 'd']) {
    expect(capacity.take(rows(10, partition))).toBe(true);
  }
  expect(capacity.take(rows(1, 'e'))).toBe(false);
  expect(capacity.take(rows(1, 'e', 'gaps'))).toBe(true);
});

test('capacity comes back with time, up to a second of it', () => {
  const { capacity, clock } = setUp();
  capacity.take(rows(10, 'a'));

  clock.nowMs += 499;
  expect(capacity.take(rows(5, 'a'))).toBe(false);
  clock.nowMs += 1;
  expect(capacity.take(rows(5, 'a'))).toBe(true);
  clock.nowMs += 60_000;
  expect(capacity.take(rows(11, 'a'))).toBe(false);
  expect(capacity.take(rows(10, 'a'))).toBe(true);
});

test('a request that is refused takes nothing, of any partition', () => {
  const { capacity } = setUp();

  expect(capacity.take([...rows(11, 'a'), ...rows(5, 'b')])).toBe(false);
  expect(capacity.take(rows(10, 'b'))).toBe(true);
  expect(capacity.take(rows(10, 'a'))).toBe(true);
});

test('rows without a partition count for their table alone', () => {
  const { capacity } = setUp();

  expect(capacity.take(rows(40, undefined))).toBe(true);
  expect(capacity.take(rows(1, undefined))).toBe(false);
});

test('partitions that have all their capacity back are forgotten, and others are not', () => {
  const { capacity, clock } = setUp();
  const wide = new WriteCapacity({ tableRowsPerS: 1e9, partitionRowsPerS: 10 }, () => clock.nowMs);
  for (let index = 0; index <= 10_000; index++) wide.take(rows(1, `p${index}`));
  clock.nowMs += 1_000;
  wide.take(rows(10, 'busy'));

  expect(wide.take(rows(1, 'busy'))).toBe(false);
  expect(wide.take(rows(10, 'p0'))).toBe(true);
  expect(capacity.take(rows(1, 'busy'))).toBe(true);
});
