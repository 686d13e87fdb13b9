import { UNDELIVERED } from '../../lib/pipeline-topics';
import { MINUTE_MS, RecordedStack } from './recorded-stack';
import { total } from './topic-records';

/** The whole pipeline from the template of `prod`: functions report what failed, event sources bound their retries. */
const LIMIT_MS = 5 * MINUTE_MS;
const recorded = new RecordedStack(Date.parse('2018-01-23T22:00:00Z'), 'prod');

beforeAll(() => recorded.start(), LIMIT_MS);

afterAll(() => recorded.stop(), LIMIT_MS);

async function expectAllStored(): Promise<void> {
  await recorded.caughtUp();
  await recorded.expectStoredEqualsRecorded();
  await recorded.expectProgressAtTheEnd();
}

test(
  'recorded hours, over the end of a day, equal the recording',
  async () => {
    await recorded.play(180);

    await expectAllStored();
    expect(recorded.stack.template.mappings.map(({ failures }) => failures.kind)).toEqual([
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

    // Once observed, the minutes are on their way to a database that is not there.
    recorded.signal('transform', 'SIGSTOP');
    const observing = await recorded.tickAfter(2);
    await recorded.stack.engines.cassandra.kill();
    recorded.signal('transform', 'SIGCONT');
    await recorded.stack.engines.cassandra.start();
    await recorded.play(10);

    expect(observing.ok).toBe(true);
    await expectAllStored();
    const since = recorded.reports.slice(reportsBefore);
    expect(since.filter(reportsFailures).length).toBeGreaterThan(0);
    const undelivered = total(await recorded.topics.ends(UNDELIVERED));
    const sent = recorded.problems.flatMap((problem) =>
      problem.kind === 'records-sent' ? problem.records : [],
    );
    expect(undelivered).toBe(sent.length);
  },
  LIMIT_MS,
);

/** Whether a function answered that some of its records failed. */
function reportsFailures({ result }: RecordedStack['reports'][number]): boolean {
  if (!result.ok) return false;
  const answer = result.payload as { batchItemFailures?: unknown[] } | null;
  return (answer?.batchItemFailures?.length ?? 0) > 0;
}
