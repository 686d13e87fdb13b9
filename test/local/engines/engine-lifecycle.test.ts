import {
  type EngineSpec,
  type LaunchedEngine,
  RestartableEngine,
} from '../../../local/engines/engine-lifecycle';
import { EngineStartError } from '../../../local/engines/engine';

interface FakeProcess extends LaunchedEngine {
  readonly signals: string[];
  end(how: string): void;
}

function fakeProcess(obeys: 'terminate' | 'kill' = 'terminate'): FakeProcess {
  const signals: string[] = [];
  let end: (how: string) => void = () => undefined;
  const ended = new Promise<string>((resolve) => (end = resolve));
  const receive = (signal: string) => {
    signals.push(signal);
    if (signal === 'kill' || obeys === 'terminate') end(`signal ${signal}`);
    return Promise.resolve();
  };
  return {
    ...{ runsAs: 'pid 7', pid: 7, ended, signals, end },
    terminate: () => receive('terminate'),
    kill: () => receive('kill'),
    lastLogLines: () => Promise.resolve('the log'),
  };
}

function engineOf(launches: FakeProcess[], overrides: Partial<EngineSpec> = {}) {
  const left = [...launches];
  return new RestartableEngine({
    ...{ name: 'kafka', endpoint: '127.0.0.1:1', startLimitMs: 50, stopLimitMs: 20 },
    launch: () => {
      const next = left.shift();
      return next ? Promise.resolve(next) : Promise.reject(new Error('launched too often'));
    },
    checkAnswers: () => Promise.resolve(),
    ...overrides,
  });
}

async function settled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  return (await Promise.race([promise, Promise.resolve(pending)])) !== pending;
}

test('it starts, stops and starts again', async () => {
  const engine = engineOf([fakeProcess(), fakeProcess()]);
  await engine.start();
  const first = engine.runsAs;
  await engine.stop();
  const down = engine.runsAs;
  await engine.start();
  expect([first, down, engine.runsAs]).toEqual(['pid 7', undefined, 'pid 7']);
});

test('an end that nobody asked for resolves died, with the log', async () => {
  const child = fakeProcess();
  const engine = engineOf([child]);
  await engine.start();
  child.end('exit code 3');
  expect(await engine.died).toEqual({ name: 'kafka', how: 'exit code 3', lastLogLines: 'the log' });
  expect(engine.runsAs).toBeUndefined();
});

test('stop and kill do not resolve died, and it stays the same promise', async () => {
  const engine = engineOf([fakeProcess(), fakeProcess()]);
  const { died } = engine;
  await engine.start();
  await engine.stop();
  await engine.start();
  await engine.kill();
  expect(engine.died).toBe(died);
  expect(await settled(died)).toBe(false);
});

test('after a death, a start makes a new died', async () => {
  const child = fakeProcess();
  const engine = engineOf([child, fakeProcess()]);
  await engine.start();
  child.end('exit code 3');
  await engine.died;
  await engine.start();
  expect(await settled(engine.died)).toBe(false);
});

test('one that does not end in order is ended by force', async () => {
  const child = fakeProcess('kill');
  const engine = engineOf([child]);
  await engine.start();
  await engine.stop();
  expect(child.signals).toEqual(['terminate', 'kill']);
});

test('one that ends while it starts: the error has how, and its log', async () => {
  const child = fakeProcess();
  const engine = engineOf([child], { checkAnswers: () => Promise.reject(new Error('refused')) });
  child.end('exit code 1');
  const start = engine.start();
  await expect(start).rejects.toThrow(EngineStartError);
  await expect(start).rejects.toThrow(
    /the log\n\nkafka did not start: it ended \(exit code 1\) before it answered/,
  );
});

test('one that stays silent is ended, and the error has the limit and the last failure', async () => {
  const child = fakeProcess();
  const engine = engineOf([child], { checkAnswers: () => Promise.reject(new Error('refused')) });
  await expect(engine.start()).rejects.toThrow('no answer on 127.0.0.1:1 within 0.05 s (refused)');
  expect(child.signals).toEqual(['kill']);
  expect(engine.runsAs).toBeUndefined();
});

test('a stop while it starts makes the start reject', async () => {
  const engine = engineOf([fakeProcess()], {
    startLimitMs: 10_000,
    checkAnswers: () => Promise.reject(new Error('refused')),
  });
  const start = engine.start();
  const refusal = expect(start).rejects.toThrow(EngineStartError);
  await engine.stop();
  await refusal;
  expect(engine.runsAs).toBeUndefined();
});

test('a second start is refused', async () => {
  const engine = engineOf([fakeProcess()]);
  await engine.start();
  await expect(engine.start()).rejects.toThrow('it is running already');
});
