import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  type FilteredLogEvent,
  type FilterLogEventsCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import { clientConfig, type LocalstackProject } from '../localstack-project';

/** A line of a function's log. */
export interface LogLine {
  /** UTC, in milliseconds: LocalStack gives all lines of an invocation the time of its end. */
  readonly timeMs: number;
  readonly message: string;
}

/** The part of CloudWatch Logs that reads. */
export interface LogsApi {
  send(
    command: FilterLogEventsCommand,
    options: { abortSignal: AbortSignal },
  ): Promise<FilterLogEventsCommandOutput>;
}

const ANSWER_LIMIT_MS = 10_000;
/** A line may appear this much later than younger ones. */
const LATE_LIMIT_MS = 60_000;

/** A client that reads logs. */
export function logsApi(
  project: LocalstackProject,
): LogsApi & Pick<CloudWatchLogsClient, 'destroy'> {
  return new CloudWatchLogsClient(clientConfig(project));
}

/** The lines of a function's log group from some time on, each once. */
export class FunctionLogs {
  readonly #api: LogsApi;
  readonly #group: string;
  readonly #sinceMs: number;
  readonly #seen = new Map<string, number>();
  #newestMs: number;

  /**
   * @param functionName its name in Lambda: LocalStack logs to `/aws/lambda/<name>`,
   *   whatever log group the function is given
   * @param sinceMs UTC, in milliseconds
   */
  constructor(api: LogsApi, functionName: string, sinceMs: number) {
    this.#api = api;
    this.#group = `/aws/lambda/${functionName}`;
    this.#sinceMs = sinceMs;
    this.#newestMs = sinceMs;
  }

  /** The lines since the last call, oldest first. @throws an error of the SDK if LocalStack does not answer */
  async newLines(): Promise<LogLine[]> {
    // All pages have one start time: a token is valid for the call that it came from.
    const events = await this.#events(Math.max(this.#sinceMs, this.#newestMs - LATE_LIMIT_MS));
    const lines = events
      .filter(({ timestamp = 0, logStreamName = '', eventId = '' }) =>
        this.#isNew(`${logStreamName} ${eventId}`, timestamp),
      )
      .map(({ timestamp = 0, message = '' }) => ({
        timeMs: timestamp,
        message: message.trimEnd(),
      }));
    this.#forgetOld();
    return lines.toSorted((a, b) => a.timeMs - b.timeMs);
  }

  async #events(startTime: number): Promise<FilteredLogEvent[]> {
    const events: FilteredLogEvent[] = [];
    let nextToken: string | undefined;
    do {
      const page = await this.#page(startTime, nextToken);
      events.push(...(page.events ?? []));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return events;
  }

  async #page(
    startTime: number,
    nextToken: string | undefined,
  ): Promise<FilterLogEventsCommandOutput> {
    const logGroupName = this.#group;
    const command = new FilterLogEventsCommand({ logGroupName, startTime, nextToken });
    try {
      return await this.#api.send(command, { abortSignal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
    } catch (error) {
      // Lambda creates the group with the first line.
      if (error instanceof Error && error.name === 'ResourceNotFoundException') {
        return { events: [], $metadata: {} };
      }
      throw error;
    }
  }

  #isNew(id: string, timeMs: number): boolean {
    if (this.#seen.has(id)) return false;
    this.#seen.set(id, timeMs);
    this.#newestMs = Math.max(this.#newestMs, timeMs);
    return true;
  }

  #forgetOld(): void {
    for (const [id, timeMs] of this.#seen) {
      if (timeMs < this.#newestMs - LATE_LIMIT_MS) this.#seen.delete(id);
    }
  }
}
