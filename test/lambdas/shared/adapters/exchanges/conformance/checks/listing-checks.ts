import {
  type ListedPair,
  UnknownPairError,
} from '../../../../../../../lambdas/shared/domain/ports';
import { floorTo, MINUTE_MS } from '../../../../../../../lambdas/shared/domain/interval';
import { DAY } from '../../../../../../fakes/candles';
import { prepare, servedMinute, type Subject } from '../subject';

/** Says since when a pair is listed, and which pairs there are, by the names that users write. */
export async function readsListings(subject: Subject): Promise<void> {
  const { answers, server } = subject;
  const { exchange } = prepare(subject);
  server.script = (request) => answers.before?.(request) ?? { body: answers.listing.answer };
  expect(await exchange.listedSince(answers.pair, 60_000)).toBe(answers.listing.sinceMs);
  server.script = () => ({ body: answers.listings.answer });
  expect(await exchange.pairs(60_000)).toEqual(answers.listings.pairs);
  for (const body of [null, '<html>', { code: 1 }]) {
    server.script = () => ({ body });
    await expect(exchange.pairs(60_000)).rejects.toMatchObject({ name: 'ExchangeError' });
  }
}

/** A time before which there is more is none of a listing, nor is that of the newest candle. */
export async function doubtsListings(subject: Subject): Promise<void> {
  const { answers, server } = subject;
  if (answers.before === undefined) return;
  const bodyOf = (timeMs: number) => answers.rowsAnswer([answers.row(servedMinute(timeMs))]);
  const newestMs = floorTo(Date.now(), MINUTE_MS);
  for (const [toldMs, beforeMs] of [
    [newestMs, newestMs],
    [DAY, DAY - MINUTE_MS],
  ] as const) {
    server.script = (request) => ({
      body: bodyOf(answers.before?.(request) === undefined ? toldMs : beforeMs),
    });
    const { exchange, telemetry } = prepare(subject);

    await expect(exchange.listedSince(answers.pair, 60_000)).rejects.toMatchObject({
      failure: 'Malformed',
    });
    expect(telemetry.counted('ExchangeMalformed')).toBe(2);
  }
  // Some answer the first candle for any time before it.
  server.script = () => ({ body: bodyOf(DAY) });
  expect(await prepare(subject).exchange.listedSince(answers.pair, 60_000)).toBe(DAY);
}

type Entry = Readonly<Record<string, unknown>>;

/**
 * An entry without a name costs nothing else, a pair comes once, and one whose state cannot be read
 * is there and trading. A listing with many odd entries is none, and is not asked for again at once.
 */
export async function readsOddListings(subject: Subject): Promise<void> {
  const { answers, server } = subject;
  const { exchange, telemetry } = prepare(subject);
  const withEntries = (change: (entries: readonly Entry[]) => readonly unknown[]) => {
    server.script = () => ({ body: changedList(answers.listings.answer, change) });
  };
  const sorted = (pairs: readonly ListedPair[]) =>
    [...pairs].sort((a, b) => (a.pair < b.pair ? -1 : 1));

  withEntries((entries) => [null, ...Array.from({ length: 20 }, () => entries).flat()]);
  expect(sorted(await exchange.pairs(60_000))).toEqual(sorted(answers.listings.pairs));
  expect(telemetry.messages('warn')).toEqual([
    'entries of the listing left out: they name no pair',
  ]);

  withEntries(([first = {}]) => [withOddState(first)]);
  expect(await exchange.pairs(60_000)).toEqual([answers.listings.pairs[0]]);

  server.reset();
  withEntries((entries) => [...entries, null]);
  await expect(exchange.pairs(60_000)).rejects.toMatchObject({ failure: 'Malformed' });
  expect(server.seen).toHaveLength(1);
  expect(telemetry.counted('ExchangeMalformed')).toBe(1);
}

function withOddState(entry: Entry): Entry {
  const isState = (name: string) => /status|state|disabled/.test(name);
  return Object.fromEntries(
    Object.entries(entry).map(([name, value]) => [name, isState(name) ? 7 : value]),
  );
}

/** The same answer with other entries in its list. */
function changedList(
  answer: unknown,
  change: (entries: readonly Entry[]) => readonly unknown[],
): unknown {
  if (Array.isArray(answer)) return change(answer as Entry[]);
  return Object.fromEntries(
    Object.entries(answer as Entry).map(([name, value]) => [
      name,
      Array.isArray(value) ? change(value as Entry[]) : value,
    ]),
  );
}

/** The listing of another pair is none, nor is a time before there was anything to trade. */
export async function takesNoOtherListing(subject: Subject): Promise<void> {
  const { answers, server } = subject;
  const text = JSON.stringify(answers.listing.answer);
  const { exchange } = prepare(subject);
  if (text.includes(answers.symbol)) {
    server.script = () => ({ body: text.replace(answers.symbol, `X${answers.symbol}`) });
    await expect(exchange.listedSince(answers.pair, 60_000)).rejects.toMatchObject({
      failure: 'Malformed',
    });
  }
  if (answers.noListing !== undefined) {
    server.script = () => ({ body: answers.noListing });
    await expect(exchange.listedSince(answers.pair, 60_000)).rejects.toThrow(UnknownPairError);
  }
  // The year 1970.
  server.script = () => ({ body: text.replace(/\b1\d{9}(?=\d{0,3}\b)/, '1000000') });
  expect(await exchange.listedSince(answers.pair, 60_000)).toBeNull();
}
