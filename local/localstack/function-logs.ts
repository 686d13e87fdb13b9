import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  type FilterLogEventsCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import { clientConfig, type Place } from './place';

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
/** Lines may come later than younger ones by this much. */
const LATE_MS = 60_000;

/** A client for logs. */
export function logsApi(place: Place): LogsApi & Pick<CloudWatchLogsClient, 'destroy'> {
  return new CloudWatchLogsClient(clientConfig(place));
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

  /** The lines since the last call, oldest first. @throws where LocalStack does not answer */
  async newLines(): Promise<LogLine[]> {
    const lines: LogLine[] = [];
    let nextToken: string | undefined;
    do {
      const page = await this.#page(nextToken);
      for (const event of page.events ?? []) {
        const { timestamp = 0, message = '' } = event;
        if (!this.#isNew(`${event.logStreamName ?? ''} ${event.eventId ?? ''}`, timestamp))
          continue;
        lines.push({ timeMs: timestamp, message: message.trimEnd() });
      }
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    this.#forgetOld();
    return lines;
  }

  async #page(nextToken: string | undefined): Promise<FilterLogEventsCommandOutput> {
    const command = new FilterLogEventsCommand({
      logGroupName: this.#group,
      startTime: Math.max(this.#sinceMs, this.#newestMs - LATE_MS),
      nextToken,
    });
    try {
      return await this.#api.send(command, { abortSignal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
    } catch (error) {
      // The group is made with the first line.
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
      if (timeMs < this.#newestMs - LATE_MS) this.#seen.delete(id);
    }
  }
}
