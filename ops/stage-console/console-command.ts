import {
  type LoopbackServer,
  PortTakenError,
  startLoopbackServer,
} from '../../cli/loopback/loopback-server';
import type { AwsCredentials } from '../../lambdas/shared/adapters/aws-signature';
import { withStage } from '../stages/find-stage';
import { OperationError } from '../operation-error';
import { type Printer, runOperation } from '../run-operation';
import { CONSOLE_PORT, type ConsoleRequest, parseConsoleArguments } from './console-request';
import type { QueryUrlPlace } from './query-url';
import { signingForward } from './signing-forward';

/** The surroundings of `npm run console`. */
export interface ConsoleSurroundings extends Printer {
  /** @throws OperationError if there is no such stage, or it is not for AWS */
  readonly findStage: (name: string) => Promise<unknown>;
  /** The stages to choose from. @throws OperationError */
  readonly stageNames: () => Promise<readonly string[]>;
  /** The configured region; undefined if none is. */
  readonly region: (request: ConsoleRequest) => Promise<string | undefined>;
  /** @throws OperationError */
  readonly findUrl: (place: QueryUrlPlace) => Promise<string>;
  readonly credentials: (request: ConsoleRequest) => () => Promise<AwsCredentials>;
  readonly clock: () => number;
  /** Is aborted by Ctrl-C and its like. */
  readonly signal: AbortSignal;
}

/**
 * Serves a stage's page and query API on this machine until it is asked to stop.
 *
 * @returns the exit code: 0; 1 if it cannot be served; 2 for invalid arguments
 * @throws any error that is a mistake in the program
 */
export async function consoleCommand(
  args: readonly string[],
  io: ConsoleSurroundings,
): Promise<number> {
  return runOperation(io, async () => {
    const request = await withStage(parseConsoleArguments(args), io.stageNames);
    await io.findStage(request.stage);
    const server = await serve(request, io);
    io.print(`page: ${server.url} (stage ${request.stage}; Ctrl-C ends it)\n`);
    await asked(io.signal);
    await server.stop();
    return 0;
  });
}

async function serve(
  request: ConsoleRequest & { readonly stage: string },
  io: ConsoleSurroundings,
): Promise<LoopbackServer> {
  const region = await io.region(request);
  if (region === undefined) {
    throw new OperationError(
      `No region is set for the stage ${request.stage}: set AWS_REGION, or give --region, such as --region eu-central-1`,
    );
  }
  const credentials = io.credentials({ ...request, region });
  const { stage, profile } = request;
  const url = await io.findUrl({ stage, profile, region });
  try {
    return await startLoopbackServer({
      port: request.port ?? CONSOLE_PORT,
      otherPort: request.port === undefined,
      answer: signingForward({ url, region, credentials, clock: io.clock }),
      onError: (error) => io.printError(`a request failed: ${String(error)}\n`),
    });
  } catch (cause) {
    if (cause instanceof PortTakenError) throw new OperationError(cause.message, { cause });
    throw cause;
  }
}

function asked(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
