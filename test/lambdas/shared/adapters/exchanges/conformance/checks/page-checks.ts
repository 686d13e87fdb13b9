import { floorTo, MINUTE_MS } from '../../../../../../../lambdas/shared/domain/interval';
import { UnknownPairError } from '../../../../../../../lambdas/shared/domain/ports';
import { at, DAY } from '../../../../../../fakes/candles';
import { isFor, type ServedMinute } from '../answers/exchange-answers';
import type { ServerAnswer } from '../../scripted-server';
import {
  pageMs,
  prepare,
  queryOf,
  servedMinute,
  type Subject,
  textsOf,
  textsOfServed,
  timesOf,
} from '../subject';

const HOUR_MS = 60 * MINUTE_MS;

function minutesOf(fromMs: number, toMs: number): ServedMinute[] {
  return Array.from({ length: (toMs - fromMs) / MINUTE_MS }, (_, index) =>
    servedMinute(fromMs + index * MINUTE_MS),
  );
}

/** Two pages and a half, with minutes before and after them, and without some: at a seam, too. */
function withHoles(fromMs: number, toMs: number, page: number): ServedMinute[] {
  const quiet = new Set([1, 7, page / MINUTE_MS - 2, page / MINUTE_MS + 1]);
  return minutesOf(fromMs - 5 * MINUTE_MS, toMs + 5 * MINUTE_MS).filter(
    ({ openTimeMs }) => !quiet.has((openTimeMs - fromMs) / MINUTE_MS),
  );
}

/** Exactly the minutes that were asked for come out, the first and last of each page among them. */
export async function hasNoSeams(subject: Subject): Promise<void> {
  const { answers, server } = subject;
  const page = pageMs(answers);
  const toMs = DAY + floorTo(page * 2.5, MINUTE_MS);
  const minutes = withHoles(DAY, toMs, page);
  server.script = (request) => answers.serve(request, minutes, DAY);
  const { exchange, telemetry } = prepare(subject);

  const { candles, rejected } = await exchange.candles(queryOf(answers, DAY, toMs));

  const wanted = minutes.filter(({ openTimeMs }) => openTimeMs >= DAY && openTimeMs < toMs);
  expect(candles.map(textsOf)).toEqual(wanted.map((minute) => textsOfServed(answers, minute)));
  expect(rejected).toEqual([]);
  expect(telemetry.metrics().filter((metric) => metric.startsWith('Rejected'))).toEqual([]);
  expect(server.seen.every((request) => isFor(answers.symbol, request))).toBe(true);
}

/** Candles come in the order of time, each once, whatever the order of the rows. */
export async function isInOrder(subject: Subject): Promise<void> {
  const { answers, server } = subject;
  const minutes = [5, 3, 4, 3].map((minute) => servedMinute(at(12, minute)));
  server.script = () => ({ body: answers.rowsAnswer(minutes.map(answers.row)) });
  const { exchange } = prepare(subject);

  const { candles } = await exchange.candles(queryOf(answers, at(12, 3), at(12, 6)));

  expect(timesOf(candles)).toEqual([at(12, 3), at(12, 4), at(12, 5)]);
}

/** A time in another unit is not guessed at, nor is one within a minute. */
export async function takesNoOtherUnit(subject: Subject): Promise<void> {
  const { answers, server } = subject;
  const { exchange } = prepare(subject);
  for (const timeMs of [at(12) * 1_000, at(12) + 14_000]) {
    const body = answers.rowsAnswer([answers.row(servedMinute(timeMs))]);
    server.script = () => ({ body });
    await expect(exchange.candles(queryOf(answers, at(12), at(13)))).rejects.toMatchObject({
      failure: 'Malformed',
    });
  }
}

/** Rows of other minutes than were asked for are no answer: a parameter was ignored. */
export async function refusesOtherMinutes(subject: Subject): Promise<void> {
  const { answers, server } = subject;
  const newest = minutesOf(at(20), at(21));
  server.script = () => ({ body: answers.rowsAnswer(newest.map(answers.row)) });
  const { exchange, telemetry } = prepare(subject);

  await expect(exchange.candles(queryOf(answers, at(12), at(13)))).rejects.toMatchObject({
    failure: 'Malformed',
  });
  expect(telemetry.counted('ExchangeMalformed')).toBe(2);
}

/** Nor are rows of earlier minutes: the range was moved, or is of another time zone. */
export async function refusesEarlierMinutes(subject: Subject): Promise<void> {
  const { answers, server } = subject;
  for (const earlierMs of [24 * HOUR_MS, HOUR_MS]) {
    server.script = (request) => {
      const fromMs = answers.startOf(request) - earlierMs;
      const rows = minutesOf(fromMs, fromMs + 3 * MINUTE_MS).map(answers.row);
      return { body: answers.rowsAnswer(rows) };
    };
    const { exchange, telemetry } = prepare(subject);

    await expect(exchange.candles(queryOf(answers, at(12), at(12, 3)))).rejects.toMatchObject({
      failure: 'Malformed',
    });
    expect(telemetry.counted('ExchangeMalformed')).toBe(2);
  }
}

/** Minutes of days ago come out, wherever the exchange has them. */
export async function reachesBack(subject: Subject): Promise<void> {
  const { answers, server } = subject;
  const nowMs = Date.now();
  const fromMs = floorTo(nowMs, HOUR_MS) - 72 * HOUR_MS;
  const minutes = minutesOf(fromMs, fromMs + HOUR_MS);
  server.script = (request) => answers.serve(request, minutes, nowMs);
  const { exchange } = prepare(subject);

  const { candles } = await exchange.candles(queryOf(answers, fromMs, fromMs + HOUR_MS));

  expect(timesOf(candles)).toEqual(timesOf(minutes));
}

/** Nothing is what a quiet market answers, and it is believed where nothing newer has come. */
export async function believesSilence(subject: Subject): Promise<void> {
  const { answers, server } = subject;
  server.script = (request) => answers.serve(request, [], DAY);
  const { exchange, telemetry } = prepare(subject);

  const answer = await exchange.candles(queryOf(answers, at(12), at(13)));

  expect(answer).toEqual({ candles: [], rejected: [] });
  expect(server.seen).toHaveLength(1);
  expect(telemetry.metrics()).toEqual([]);

  // Also between minutes that have trades, which some answer too.
  const around = [servedMinute(at(11, 30)), servedMinute(at(13))];
  for (const minutes of [around, around.slice(0, 1), around.slice(1)]) {
    server.script = (request) => answers.serve(request, minutes, DAY);
    expect(await exchange.candles(queryOf(answers, at(12), at(13)))).toEqual(answer);
  }
  expect(telemetry.metrics()).toEqual([]);
}

/** A page that is empty although a later one has candles is asked for again. */
export async function asksAgainForAnEmptyPage(subject: Subject): Promise<void> {
  const { answers, server } = subject;
  const toMs = DAY + pageMs(answers) + 5 * MINUTE_MS;
  const minutes = minutesOf(DAY, toMs);
  let isEmptied = false;
  server.script = (request) => {
    const isFirst = answers.startOf(request) === DAY && !isEmptied;
    isEmptied ||= isFirst;
    return answers.serve(request, isFirst ? [] : minutes, DAY);
  };
  const { exchange, telemetry } = prepare(subject);

  const { candles } = await exchange.candles(queryOf(answers, DAY, toMs));

  expect(timesOf(candles)).toEqual(timesOf(minutes));
  expect(telemetry.counted('RangesAskedAgain')).toBe(1);
}

/** The first rows of an answer, in whatever order it has them. */
function cut(answer: ServerAnswer, rows: number): ServerAnswer {
  const body = answer.body as readonly unknown[] | Readonly<Record<string, unknown>>;
  if (Array.isArray(body)) return { ...answer, body: body.slice(0, rows) };
  const members = Object.entries(body).map(
    ([name, value]) => [name, Array.isArray(value) ? value.slice(0, rows) : value] as const,
  );
  return { ...answer, body: Object.fromEntries(members) };
}

/** Of a page that is cut, whichever end its answer lacks, the rest is asked for. */
export async function asksForTheRestOfACutPage(subject: Subject): Promise<void> {
  const { answers, server } = subject;
  const toMs = DAY + pageMs(answers) + 5 * MINUTE_MS;
  const minutes = minutesOf(DAY, toMs);
  let isCut = false;
  server.script = (request) => {
    const answer = answers.serve(request, minutes, DAY);
    if (answers.startOf(request) !== DAY || isCut) return answer;
    isCut = true;
    return cut(answer, 100);
  };
  const { exchange, telemetry } = prepare(subject);

  const { candles } = await exchange.candles(queryOf(answers, DAY, toMs));

  expect(timesOf(candles)).toEqual(timesOf(minutes));
  expect(server.seen).toHaveLength(3);
  expect(telemetry.counted('RangesAskedAgain')).toBe(1);
}

/** A pair that the exchange does not know is told from all that may pass, and from silence. */
export async function tellsAnUnknownPair(subject: Subject): Promise<void> {
  const { answers, server } = subject;
  server.script = () => answers.unknownPair;
  const { exchange, telemetry } = prepare(subject);

  await expect(exchange.candles(queryOf(answers, at(12), at(13)))).rejects.toThrow(
    UnknownPairError,
  );
  await expect(exchange.listedSince(answers.pair, 60_000)).rejects.toThrow(UnknownPairError);

  expect(server.seen).toHaveLength(2);
  expect(telemetry.counted('ExchangeUnknownPair')).toBe(2);
}

/** The newest answer counts: nothing is remembered of an older one. */
export async function givesTheNewestAnswer(subject: Subject): Promise<void> {
  const { answers, server } = subject;
  const [first, second] = [servedMinute(at(12)), servedMinute(at(12, 1))];
  const corrected = servedMinute(at(12), { base: '18.00000001' });
  const said = [[first], [corrected, second], [second]];
  server.script = (request, number) => answers.serve(request, said[number - 1] ?? [], DAY);
  const { exchange } = prepare(subject);

  for (const minutes of said) {
    const { candles } = await exchange.candles(queryOf(answers, at(12), at(12, 2)));
    expect(candles.map(textsOf)).toEqual(minutes.map((one) => textsOfServed(answers, one)));
  }
}
