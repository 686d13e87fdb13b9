import { type LoopbackAnswer, problemAnswer } from '../../cli/loopback/loopback-answer';
import { type LoopbackServer, startLoopbackServer } from '../../cli/loopback/loopback-server';
import type { Invoker } from '../emulator/lambda/invoker';
import { functionUrl } from '../emulator/url/function-url';
import type { RunState } from './run-state';

/** The port of the API and the page, if it is free. */
const API_PORT = 8787;

/** Options for `startRunApi`. */
export interface RunApiOptions {
  /** The function that answers queries. */
  readonly query: Invoker;
  /** The port to listen on; undefined for the usual one, or any other if that is taken. */
  readonly port: number | undefined;
  readonly state: () => Promise<RunState>;
  readonly onWarning: (message: string) => void;
}

const RUN_PATH = '/v1/run';
const RETRY_AFTER_SECONDS = 5;

/**
 * Starts the API of a run: the function's answers, and before them the state of
 * the run itself.
 *
 * @throws PortTakenError if a port that was chosen is taken
 */
export function startRunApi(options: RunApiOptions): Promise<LoopbackServer> {
  const { query, port, state, onWarning } = options;
  const ask = functionUrl({
    invoker: query,
    clock: Date.now,
    onFailure: (message) => onWarning(`query: ${message}`),
  });
  return startLoopbackServer({
    port: port ?? API_PORT,
    otherPort: port === undefined,
    onError: (error) => onWarning(`the API: ${String(error)}`),
    answer: (request) => (request.path === RUN_PATH ? stateAnswer(state) : ask(request)),
  });
}

async function stateAnswer(state: RunApiOptions['state']): Promise<LoopbackAnswer> {
  const read = await state().catch(() => undefined);
  if (read === undefined) {
    const retry = { 'retry-after': String(RETRY_AFTER_SECONDS) };
    return problemAnswer(503, 'Kafka does not answer: ask again in a while', retry);
  }
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    body: JSON.stringify(read),
  };
}

/** The line about the API of a run. */
export function apiText({ url }: Pick<LoopbackServer, 'url'>): string {
  return `page: ${url}`;
}
