import { TOPICS } from '../../lambdas/shared/domain/topics';
import { UNDELIVERED } from '../../lib/kafka/pipeline-topics';
import { generatedFolder } from '../oracle/replayed-days';
import { MINUTE_MS, RecordedRun } from './support/recorded-run';
import { total } from './support/topic-records';
import { until } from './support/waiting';

/** The whole pipeline from the template of `prod`: functions report what failed, event sources bound their retries. */
const LIMIT_MS = 10 * MINUTE_MS;
const recorded = new RecordedRun({
  fromMs: Date.parse('2018-01-23T22:00:00Z'),
  stage: 'prod',
  recorded: generatedFolder(),
});

beforeAll(() => recorded.start(), LIMIT_MS);

afterAll(() => recorded.stop(), LIMIT_MS);

async function expectAllStored(): Promise<void> {
  await recorded.caughtUp();
  await recorded.expectStoredEqualsRecorded();
  await recorded.expectProgressAtTheEnd();
}

test(
  'generated hours, over the end of a day, equal what the exchange has generated',
  async () => {
    await recorded.play(180);

    await expectAllStored();
    await recorded.expectFiveMinutesEqualExchange();
    expect(recorded.run.template.mappings.map(({ failures }) => failures.kind)).toEqual([
      'bounded',
      'bounded',
    ]);
  },
  LIMIT_MS,
);

test(
  'the database away while a batch is stored: its records are reported, and nothing is lost',
  async () => {
    await recorded.play(5);
    const reportsBefore = recorded.reports.length;

    // Once rolled up, the candles are on their way to a database that is not there.
    const rolledBefore = total(await recorded.topics.ends(TOPICS.rolled));
    recorded.signal('persist', 'SIGSTOP');
    await recorded.tickAfter(2);
    await until(
      'the tick is rolled up',
      async () => total(await recorded.topics.ends(TOPICS.rolled)) > rolledBefore + 1,
    );
    await recorded.run.engines.cassandra.kill();
    recorded.signal('persist', 'SIGCONT');
    await until('persist reports records', () =>
      recorded.reports.slice(reportsBefore).some(reportsFailures),
    );
    await recorded.run.engines.cassandra.start();
    await recorded.play(10);

    await expectAllStored();
    const reporting = recorded.reports.slice(reportsBefore).filter(reportsFailures);
    expect(new Set(reporting.map((report) => report.function))).toContain('persist');
    // What outlasted all repetitions, if anything did, is kept in the topic.
    const givenUp = recorded.problems.flatMap((problem) =>
      problem.kind === 'records-sent' ? problem.records : [],
    );
    expect(total(await recorded.topics.ends(UNDELIVERED))).toBe(givenUp.length);
  },
  LIMIT_MS,
);

/** Whether a function answered that some of its records failed. */
function reportsFailures({ result }: RecordedRun['reports'][number]): boolean {
  if (!result.ok) return false;
  const answer = result.payload as { batchItemFailures?: unknown[] } | null;
  return (answer?.batchItemFailures?.length ?? 0) > 0;
}
