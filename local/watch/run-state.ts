import { TOPICS } from '../../lambdas/shared/domain/topics';
import type { PartitionLag } from '../emulator/kafka/pipeline-lag';
import type { InvocationCounts } from './invocation-counts';

/** The state of a local run as its API tells it: times are ISO 8601. */
export interface RunState {
  readonly functions: readonly FunctionState[];
  /** Records that their event source has not processed yet. */
  readonly topics: readonly { readonly topic: string; readonly waiting: number }[];
  readonly deadLetters: number;
}

/** The invocations of a function since the start. */
export interface FunctionState {
  readonly name: string;
  readonly invocations: number;
  readonly failures: number;
  /** End of the latest one; null before the first. */
  readonly lastAt: string | null;
}

/** Sources of the state of a run. */
export interface RunStateSources {
  readonly functions: readonly string[];
  readonly counts: InvocationCounts;
  /** A row for each partition of each event source. */
  readonly lag: () => Promise<readonly PartitionLag[]>;
  /** Records that a topic holds. */
  readonly recordCount: (topic: string) => Promise<number>;
}

/** Reads the state of a run. It rejects if Kafka does not answer. */
export async function readRunState(sources: RunStateSources): Promise<RunState> {
  const { functions, counts, lag, recordCount } = sources;
  const [lags, deadLetters] = await Promise.all([lag(), recordCount(TOPICS.deadLetter)]);
  const waiting = new Map<string, number>();
  for (const { topic, records } of lags) waiting.set(topic, (waiting.get(topic) ?? 0) + records);
  return {
    functions: functions.map((name) => functionState(name, counts)),
    topics: [...waiting].map(([topic, records]) => ({ topic, waiting: records })),
    deadLetters,
  };
}

function functionState(name: string, counts: InvocationCounts): FunctionState {
  const { invocations, errors } = counts.of(name);
  const lastAtMs = counts.lastAtMs(name);
  return {
    name,
    invocations,
    failures: errors,
    lastAt: lastAtMs === undefined ? null : new Date(lastAtMs).toISOString(),
  };
}
