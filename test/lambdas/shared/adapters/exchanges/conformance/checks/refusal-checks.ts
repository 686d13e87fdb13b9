import { createExchange } from '../../../../../../../lambdas/shared/adapters/exchanges/exchange';
import type { ExchangeFailure } from '../../../../../../../lambdas/shared/adapters/exchanges/http/exchange-error';
import type { MetricName } from '../../../../../../../lambdas/shared/domain/metrics';
import type { Exchange } from '../../../../../../../lambdas/shared/domain/ports';
import { at, DAY } from '../../../../../../fakes/candles';
import { fakeTime, type ServerAnswer, timePassing } from '../../scripted-server';
import type { ExchangeAnswers, KnownError } from '../answers/exchange-answers';
import { GATE_IO_ANSWERS } from '../answers/gate-io-answers';
import { BINANCE_ANSWERS } from '../answers/binance-answers';
import { prepare, queryOf, servedMinute, type Subject } from '../subject';

const HTML = '<html><body>maintenance</body></html>';

/** Errors that any server may answer with, whatever its API. */
const SHARED_ERRORS: readonly KnownError[] = [
  { title: 'HTML', answer: { body: HTML }, failure: 'Malformed', isRepeated: true },
  { title: 'null', answer: { body: null }, failure: 'Malformed', isRepeated: true },
  { title: 'a cut body', answer: { body: '[["17' }, failure: 'Malformed', isRepeated: true },
  {
    title: 'a redirect',
    answer: { status: 302, headers: { location: 'http://127.0.0.1:1/' }, body: '' },
    failure: 'Malformed',
    isRepeated: true,
  },
  { title: '500', answer: { status: 500, body: 'oops' }, failure: 'ServerError', isRepeated: true },
  {
    title: '503 with HTML',
    answer: { status: 503, body: HTML },
    failure: 'ServerError',
    isRepeated: true,
  },
  { title: '429', answer: { status: 429, body: HTML }, failure: 'RateLimited', isRepeated: true },
  {
    title: '403 with HTML',
    answer: { status: 403, body: HTML },
    failure: 'Banned',
    isRepeated: false,
  },
  { title: '418', answer: { status: 418, body: HTML }, failure: 'Banned', isRepeated: false },
  {
    title: '451',
    answer: { status: 451, body: HTML },
    failure: 'RegionRefused',
    isRepeated: false,
  },
];

function hour({ answers }: Subject, exchange: Exchange) {
  return exchange.candles(queryOf(answers, at(12), at(12, 5)));
}

/** Errors are told apart by status and body; only those that may pass are repeated. */
export async function tellsErrorsApart(subject: Subject): Promise<void> {
  for (const error of [...SHARED_ERRORS, ...subject.answers.errors]) {
    fakeTime();
    try {
      await tells(subject, error);
    } finally {
      jest.useRealTimers();
    }
  }
}

async function tells(subject: Subject, error: KnownError): Promise<void> {
  const { server } = subject;
  server.reset();
  server.script = () => error.answer;
  const { exchange, telemetry } = prepare(subject);
  const failed = await timePassing(hour(subject, exchange)).then(
    () => 'an answer',
    (cause: unknown) => failureIn(cause),
  );
  const counted = telemetry.counted(`Exchange${error.failure}` satisfies MetricName);
  const requests = error.isRepeated ? 2 : 1;
  expect({ error: error.title, failed, sent: server.seen.length, counted }).toEqual({
    error: error.title,
    failed: error.failure,
    sent: requests,
    counted: requests,
  });
}

function failureIn(cause: unknown): unknown {
  if (!(cause instanceof Error)) return cause;
  if (cause.name === 'UnknownPairError') return 'UnknownPair';
  return 'failure' in cause ? cause.failure : cause;
}

/** After a 429 nothing is sent until its `Retry-After` ends, to the second. */
export async function obeysRetryAfter(subject: Subject): Promise<void> {
  const limited = { status: 429, headers: { 'retry-after': '7' }, body: HTML };
  await holdsBack(subject, { limited, leastMs: 7_000 });
}

/** The same if the body of the 429 does not come whole: its head has said it all. */
export async function obeysTheHeadOfALimit(subject: Subject): Promise<void> {
  const limited = { status: 429, headers: { 'retry-after': '7' }, body: HTML, isCut: true };
  await holdsBack(subject, { limited, leastMs: 7_000 });
}

/** After a 429 whose `Retry-After` is over already, nothing is sent for a second. */
export async function believesNoRetryAfterThatIsOver(subject: Subject): Promise<void> {
  for (const over of ['0', '-5', 'Thu, 15 Jan 2015 00:00:00 GMT']) {
    const limited = { status: 429, headers: { 'retry-after': over }, body: HTML };
    await holdsBack(subject, { limited, leastMs: 1_000 });
  }
}

async function holdsBack(
  subject: Subject,
  { limited, leastMs }: { readonly limited: ServerAnswer; readonly leastMs: number },
): Promise<void> {
  const { answers, server } = subject;
  server.reset();
  fakeTime();
  try {
    server.script = (request, number) =>
      number === 1 ? limited : answers.serve(request, [servedMinute(at(12))], DAY);
    const { exchange } = prepare(subject);

    const first = hour(subject, exchange);
    await timePassing(Promise.all([first, first.then(() => hour(subject, exchange))]));

    const [limitedMs = 0, ...later] = server.seen.map(({ atMs }) => atMs);
    expect(later).toHaveLength(2);
    expect(Math.min(...later) - limitedMs).toBeGreaterThanOrEqual(leastMs);
    expect(Math.min(...later) - limitedMs).toBeLessThan(leastMs + 2_000);
  } finally {
    jest.useRealTimers();
  }
}

/** A ban is obeyed whose body does not come whole, or whose `Retry-After` is over already. */
export async function obeysEveryBan(subject: Subject): Promise<void> {
  const over = ['0', '-5', 'Thu, 15 Jan 2015 00:00:00 GMT'].map((text) => ({
    'retry-after': text,
  }));
  for (const answer of [
    { status: 418, headers: { 'retry-after': '120' }, body: HTML, isCut: true },
    { status: 403, body: HTML, isCut: true },
    ...over.map((headers) => ({ status: 418, headers, body: HTML })),
  ]) {
    await silences(subject, { answer, failure: 'Banned', silentMs: 119_000 });
  }
}

/** If the region of an address is not served, nothing is sent for ten minutes. */
export async function staysSilentInARefusedRegion(subject: Subject): Promise<void> {
  const answer = { status: 451, body: HTML };
  await silences(subject, { answer, failure: 'RegionRefused', silentMs: 599_000 });
}

interface Silence {
  readonly answer: ServerAnswer;
  readonly failure: ExchangeFailure;
  /** So long after it nothing is sent yet, but two seconds later. */
  readonly silentMs: number;
}

async function silences(subject: Subject, { answer, failure, silentMs }: Silence): Promise<void> {
  const { answers, server } = subject;
  server.reset();
  fakeTime();
  try {
    server.script = (request, number) =>
      number === 1 ? answer : answers.serve(request, [servedMinute(at(12))], DAY);
    const { exchange } = prepare(subject);
    const expectSilence = async () => {
      await expect(timePassing(hour(subject, exchange))).rejects.toMatchObject({ failure });
      expect(server.seen).toHaveLength(1);
    };

    await expectSilence();
    await expectSilence();
    jest.setSystemTime((server.seen[0]?.atMs ?? 0) + silentMs);
    await expectSilence();
    jest.setSystemTime((server.seen[0]?.atMs ?? 0) + silentMs + 3_000);
    expect((await timePassing(hour(subject, exchange))).candles).toHaveLength(1);
  } finally {
    jest.useRealTimers();
  }
}

/** A ban is not repeated, and stops all requests to its host until it ends: to no other. */
export async function staysSilentInABan(subject: Subject): Promise<void> {
  const { answers, server } = subject;
  const other = otherThan(answers);
  fakeTime();
  try {
    const banned = { status: 418, headers: { 'retry-after': '120' }, body: HTML };
    server.script = (request, number) =>
      number === 1 ? banned : answers.serve(request, [servedMinute(at(12))], DAY);
    const { exchange } = prepare(subject);

    const expectBan = async (requests: number) => {
      const asked = timePassing(hour(subject, exchange));
      await expect(asked).rejects.toMatchObject({ failure: 'Banned' });
      expect(server.seen).toHaveLength(requests);
    };
    await expectBan(1);
    await expectBan(1);

    await expectOtherIsAnswered(subject, other);
    jest.setSystemTime((server.seen[0]?.atMs ?? 0) + 119_000);
    await expectBan(2);
    jest.setSystemTime((server.seen[0]?.atMs ?? 0) + 121_000);
    server.script = (request) => answers.serve(request, [servedMinute(at(12))], DAY);
    expect((await timePassing(hour(subject, exchange))).candles).toHaveLength(1);
  } finally {
    jest.useRealTimers();
  }
}

function otherThan({ exchange }: ExchangeAnswers): ExchangeAnswers {
  return exchange === 'binance' ? GATE_IO_ANSWERS : BINANCE_ANSWERS;
}

/** Another exchange behind the same address is asked as ever: one request. */
async function expectOtherIsAnswered(subject: Subject, other: ExchangeAnswers): Promise<void> {
  const { server } = subject;
  server.script = (request) => other.serve(request, [servedMinute(at(12))], DAY);
  const adapter = createExchange.bind(undefined, other.exchange);
  const { exchange } = prepare({ ...subject, answers: other, adapter });
  const answer = await timePassing(exchange.candles(queryOf(other, at(12), at(12, 5))));
  expect(answer.candles).toHaveLength(1);
}

/** In no window of the exchange are more requests sent than are allowed. */
export async function keepsToItsWindow(subject: Subject): Promise<void> {
  const { answers, server } = subject;
  const allowed = 2;
  fakeTime();
  try {
    server.script = (request) => answers.serve(request, [], DAY);
    const requestsPer10Seconds = (allowed * 10_000) / answers.windowMs;
    const { exchange } = prepare(subject, { requestsPer10Seconds });
    // The minutes that are asked for are of today.
    jest.setSystemTime(at(12, 30));

    await timePassing(Promise.all(Array.from({ length: 5 }, () => hour(subject, exchange))));

    const times = server.seen.map(({ atMs }) => atMs);
    expect(times).toHaveLength(5);
    for (const [index, timeMs] of times.slice(allowed).entries()) {
      // The time passes in steps of 50 ms, and a request arrives a step late at most.
      expect(timeMs - (times[index] ?? 0)).toBeGreaterThanOrEqual(answers.windowMs - 100);
    }
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeLessThan(answers.windowMs * 2 + 1_000);
  } finally {
    jest.useRealTimers();
  }
}
