import { EventSource } from '../../../../local/emulator/event-source/event-source';
import type { EventSourceProblem } from '../../../../local/emulator/event-source/event-source-problem';
import type { MappingTemplate } from '../../../../local/emulator/template/mapping-template';
import { FakeDestination, FakeFeed, FakeFunction, MAPPING, passed } from './event-source-fakes';

/** Between the attempts of a failed batch. */
export const RETRY_DELAY_MS = 100;
/** The longest that a stop waits. */
export const STOP_LIMIT_MS = 5_000;

let running: EventSource[] = [];

/** Gives the tests of a file jest's timers, and stops what they have started. */
export function steerTime(): void {
  beforeEach(() =>
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] }),
  );
  afterEach(async () => {
    const stopping = Promise.all(running.map((source) => source.stop()));
    running = [];
    await passed(STOP_LIMIT_MS);
    await stopping;
    jest.useRealTimers();
  });
}

/** An event source that is started, with all that it works with. */
export async function startedSource(mapping: Partial<MappingTemplate> = {}) {
  const feed = new FakeFeed();
  const target = new FakeFunction();
  const destination = new FakeDestination();
  const problems: EventSourceProblem[] = [];
  const hooks = { onProblem: (problem: EventSourceProblem): unknown => problems.push(problem) };
  const source = new EventSource({
    mapping: { ...MAPPING, ...mapping },
    bootstrapServers: '127.0.0.1:9092',
    feed,
    invoker: target,
    openDestination: (topic) => {
      if (topic !== 'undelivered') throw new Error(`no such destination: ${topic}`);
      return destination;
    },
    onProblem: (problem) => hooks.onProblem(problem),
    retryDelaysMs: { first: RETRY_DELAY_MS, longest: RETRY_DELAY_MS },
    stopLimitMs: STOP_LIMIT_MS,
    now: () => 100_000,
  });
  running.push(source);
  await source.start();
  /** For a test that stops it itself. */
  const stop = (): Promise<void> => {
    running = running.filter((other) => other !== source);
    return source.stop();
  };
  return { feed, target, destination, problems, hooks, source, stop };
}
