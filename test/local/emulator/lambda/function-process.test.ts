import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FunctionProcess } from '../../../../local/emulator/lambda/function-process';
import type { InvocationReport } from '../../../../local/emulator/lambda/invocation-report';
import { isAlive } from '../../../../cli/processes/lock-file';

const HANDLERS = `
exports.echo = async (event, context) => ({ event, context: { ...context, left: context.getRemainingTimeInMillis() }, pid: process.pid, env: process.env });
exports.nothing = async () => undefined;
exports.fails = async () => { throw Object.assign(new TypeError('no such pair'), {}); };
exports.sleeps = async (event) => { if (event.forever) await new Promise((r) => setTimeout(r, 60000)); return process.pid; };
exports.spins = async () => { for (;;); };
exports.exits = async (event) => { if (event.exit) process.exit(3); return process.pid; };
exports.hoards = async () => { const all = []; for (;;) all.push(new Array(100000).fill(Math.random())); };
exports.babbles = async (event) => { if (event.babble) { process.send({ type: 'babble' }); await new Promise((r) => setTimeout(r, 60000)); } return 'well'; };
exports.logs = async () => { console.log('a line of the function'); };
let running = 0;
exports.alone = async () => { running += 1; const most = running; await new Promise((r) => setTimeout(r, 5)); running -= 1; return most; };
`;

let folder: string;
const started: FunctionProcess[] = [];
const reports: InvocationReport[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'function-process-'));
  writeFileSync(join(folder, 'index.js'), HANDLERS);
  writeFileSync(join(folder, 'broken.js'), 'throw new RangeError("cannot load");');
});
beforeEach(() => {
  reports.length = 0;
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((one) => one.stop()));
});
afterAll(() => rmSync(folder, { recursive: true }));

function functionProcess(
  handler: string,
  settings: { timeoutMs?: number; memoryMiB?: number } = {},
): FunctionProcess {
  const one = new FunctionProcess({
    template: {
      name: 'fetch',
      logicalId: 'Fetch',
      arn: 'arn:aws:lambda:us-east-1:000000000000:function:Local-Fetch',
      bundleFolder: folder,
      handler,
      environment: { PAIRS: 'BTC_USDT', GATE_IO_URL: 'https://exchange' },
      timeoutMs: 10_000,
      memoryMiB: 256,
      asyncRetryAttempts: 0,
      ...settings,
    },
    overrides: { GATE_IO_URL: 'http://127.0.0.1' },
    logsDir: join(folder, 'logs'),
    onReport: (report) => reports.push(report),
  });
  started.push(one);
  return one;
}

test('a function gets the event, the context and its own environment only', async () => {
  const event = { pair: 'BTC_USDT', nested: [1, null] };
  process.env['NOT_FOR_FUNCTIONS'] = 'secret';
  const result = await functionProcess('index.echo').invoke(event);
  delete process.env['NOT_FOR_FUNCTIONS'];

  expect(result).toMatchObject({
    ok: true,
    payload: {
      event,
      context: { functionName: 'Local-Fetch', memoryLimitInMB: '256' },
      env: {
        PAIRS: 'BTC_USDT',
        GATE_IO_URL: 'http://127.0.0.1',
        AWS_REGION: 'us-east-1',
        TZ: 'UTC',
      },
    },
  });
  const text = JSON.stringify(result);
  expect(text).not.toContain('NOT_FOR_FUNCTIONS');
  const left = Number(/"left":(\d+)/.exec(text)?.[1]);
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(10_000);
});

test('invocations share a process and report what they took', async () => {
  const one = functionProcess('index.sleeps');
  const [first, second] = [await one.invoke({}), await one.invoke({})];

  expect(first).toEqual(second);
  expect(one.starts).toBe(1);
  expect(reports.map(({ pid }) => pid)).toEqual([one.pid, one.pid]);
  expect(reports[0]?.initMs).toBeGreaterThan(0);
  expect(reports[1]?.initMs).toBeNull();
  expect(one.usage.cpuMs).toBeGreaterThan(0);
  expect(one.usage.maxResidentBytes).toBeGreaterThan(1024 * 1024);
});

test('one invocation runs at a time', async () => {
  const one = functionProcess('index.alone');
  const results = await Promise.all([one.invoke({}), one.invoke({}), one.invoke({})]);
  expect(results).toEqual(Array(3).fill({ ok: true, payload: 1 }));
});

test('nothing returned is null', async () => {
  expect(await functionProcess('index.nothing').invoke({})).toEqual({ ok: true, payload: null });
});

test('an error that is thrown comes with its name, message and trace', async () => {
  const one = functionProcess('index.fails');
  const result = await one.invoke({});
  expect(result).toMatchObject({
    ok: false,
    errorType: 'TypeError',
    errorMessage: 'no such pair',
  });
  expect(result).toHaveProperty('trace.0', 'TypeError: no such pair');
  expect(one.pid).not.toBeNull();
});

test('a process that exits fails its invocation, and the next one starts another', async () => {
  const one = functionProcess('index.exits');
  const result = await one.invoke({ exit: true });
  expect(result).toMatchObject({ ok: false, errorType: 'Runtime.ExitError' });
  expect(result).toHaveProperty('errorMessage', expect.stringContaining('exit status 3'));
  expect(await one.invoke({})).toEqual({ ok: true, payload: one.pid });
  expect(one.starts).toBe(2);
});

test('a process that is killed in an invocation fails it, and another one starts', async () => {
  const one = functionProcess('index.sleeps');
  await one.warm();
  const pid = one.pid ?? 0;
  const invocation = one.invoke({ forever: true });
  await new Promise((resolve) => setTimeout(resolve, 50));
  process.kill(pid, 'SIGKILL');
  expect(await invocation).toHaveProperty(
    'errorMessage',
    expect.stringContaining('signal: SIGKILL'),
  );
  expect(await one.invoke({})).toMatchObject({ ok: true });
  expect(one.pid).not.toBe(pid);
});

test.each(['index.sleeps', 'index.spins'])('%s is killed at the time limit', async (handler) => {
  const one = functionProcess(handler, { timeoutMs: 300 });
  await one.warm();
  const pid = one.pid ?? 0;
  const result = await one.invoke({ forever: true });
  expect(result).toMatchObject({ ok: false, errorType: 'Sandbox.Timedout' });
  expect(result).toHaveProperty(
    'errorMessage',
    expect.stringContaining('Task timed out after 0.30 seconds'),
  );
  expect(isAlive(pid)).toBe(false);
});

test('a message that is none of the host fails the invocation and is named', async () => {
  const one = functionProcess('index.babbles');
  const result = await one.invoke({ babble: true });
  expect(result).toMatchObject({ ok: false, errorType: 'Runtime.ExitError' });
  expect(result).toHaveProperty('errorMessage', expect.stringContaining('{"type":"babble"}'));
  expect(await one.invoke({})).toEqual({ ok: true, payload: 'well' });
});

test('the heap is bounded by the memory', async () => {
  const one = functionProcess('index.hoards', { memoryMiB: 64 });
  expect(await one.invoke({})).toMatchObject({ ok: false, errorType: 'Runtime.ExitError' });
}, 30_000);

test('a bundle that does not load fails the invocation', async () => {
  const one = functionProcess('broken.handler');
  expect(await one.invoke({})).toMatchObject({
    ok: false,
    errorType: 'RangeError',
    errorMessage: 'cannot load',
  });
  expect(one.pid).toBeNull();
});

test('a handler that is not there fails the invocation and says where it was looked for', async () => {
  const result = await functionProcess('index.absent').invoke({});
  expect(result).toHaveProperty(
    'errorMessage',
    `${join(folder, 'index.js')} exports no function absent`,
  );
});

test('what a function writes is in its log', async () => {
  await functionProcess('index.logs').invoke({});
  const log = readFileSync(join(folder, 'logs', 'fetch.log'), 'utf8');
  expect(log).toContain('a line of the function');
});

test('stopped, it leaves no process and takes no invocation', async () => {
  const one = functionProcess('index.sleeps');
  await one.invoke({});
  const pid = one.pid ?? 0;
  expect(isAlive(pid)).toBe(true);
  await one.stop();
  expect(isAlive(pid)).toBe(false);
  expect(await one.invoke({})).toMatchObject({ ok: false, errorType: 'Local.Stopped' });
});
