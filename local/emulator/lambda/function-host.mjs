// @ts-check
// The process of one function: loads the bundle's handler once and calls it for
// each invocation that the parent sends. Plain JavaScript, as it runs without a
// loader: the memory that it uses should be the function's own.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * @typedef {{ type: 'invoke', requestId: string, deadlineMs: number, functionArn: string, event: unknown }} Invoke
 * @typedef {{ errorType: string, errorMessage: string, trace: string[] }} Failure
 */

const environment = process.env;
const handlerName = environment['_HANDLER'] ?? '';
const taskRoot = environment['LAMBDA_TASK_ROOT'] ?? '';

/** @param {unknown} thrown @returns {Failure} */
function failureOf(thrown) {
  if (!(thrown instanceof Error)) {
    return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  }
  const trace = (thrown.stack ?? '').split('\n');
  return { errorType: thrown.name, errorMessage: thrown.message, trace };
}

/** The usage of this process since it started. */
function usage() {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return { cpuMs: (userCPUTime + systemCPUTime) / 1000, maxResidentBytes: maxRSS * 1024 };
}

async function loadHandler() {
  const dot = handlerName.lastIndexOf('.');
  const base = join(taskRoot, handlerName.slice(0, dot));
  const file = ['.js', '.mjs', '.cjs'].map((ending) => base + ending).find((it) => existsSync(it));
  if (!file) throw new Error(`${base} is neither a .js, .mjs nor .cjs file`);
  const module = await import(pathToFileURL(file).href);
  const name = handlerName.slice(dot + 1);
  const handler = module[name] ?? module.default?.[name];
  if (typeof handler !== 'function') throw new Error(`${file} exports no function ${name}`);
  return handler;
}

/** The context object, as the Node.js runtime of AWS Lambda makes it. @param {Invoke} invoke */
function contextOf({ requestId, deadlineMs, functionArn }) {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: environment['AWS_LAMBDA_FUNCTION_NAME'],
    functionVersion: environment['AWS_LAMBDA_FUNCTION_VERSION'],
    invokedFunctionArn: functionArn,
    memoryLimitInMB: environment['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'],
    awsRequestId: requestId,
    logGroupName: environment['AWS_LAMBDA_LOG_GROUP_NAME'],
    logStreamName: environment['AWS_LAMBDA_LOG_STREAM_NAME'],
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
  };
}

/** @param {unknown} message */
function send(message) {
  // Without a channel the parent has ended, and 'disconnect' ends this process.
  process.send?.(message);
}

/** @param {(event: unknown, context: object) => unknown} handler @param {Invoke} invoke */
async function answer(handler, invoke) {
  const { requestId } = invoke;
  try {
    const payload = (await handler(invoke.event, contextOf(invoke))) ?? null;
    send({ type: 'result', requestId, ok: true, payload, usage: usage() });
  } catch (error) {
    console.error(error);
    send({ type: 'result', requestId, ok: false, failure: failureOf(error), usage: usage() });
  }
}

// The channel closes as the parent ends, however it ends.
process.on('disconnect', () => process.exit(0));
if (!process.connected) process.exit(0);

try {
  const handler = await loadHandler();
  process.on('message', (message) => void answer(handler, /** @type {Invoke} */ (message)));
  send({ type: 'ready', initMs: performance.now(), usage: usage() });
} catch (error) {
  console.error(error);
  process.send?.({ type: 'init-failed', failure: failureOf(error) }, () => process.exit(1));
}
