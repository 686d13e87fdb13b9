import type { LogEntry } from 'kafkajs';

/** Takes warnings of a Kafka client, for people. */
export type KafkaLog = (message: string) => void;

/** Lines of a client that does not reach a broker, the first time or in a retry. */
const DOES_NOT_ANSWER =
  /Connection (error|timeout)|Closed connection|closed by the server|Not connected|Failed to connect|timed out|KafkaJSNumberOfRetriesExceeded/i;
/** Answers of a broker that starts, or whose groups form: the client goes on by itself. */
const PASSES =
  /coordinator is (not available|loading)|not the leader|There is no leader|not aware of this member|is rebalancing|Restarting the consumer in/i;

/**
 * Reports an outage of Kafka in two lines, one as it begins and one as it ends,
 * instead of the client's own line for each connection and attempt.
 */
export class KafkaOutage {
  readonly #servers: string;
  readonly #log: KafkaLog;
  #isOut = false;

  /** @param servers `host:port`, for the lines */
  constructor(servers: string, log: KafkaLog) {
    this.#servers = servers;
    this.#log = log;
  }

  /** Takes a line of the client's log. */
  logged({ namespace, log: { message, error } }: Pick<LogEntry, 'namespace' | 'log'>): void {
    const said = `${message}${typeof error === 'string' ? ` (${error})` : ''}`;
    if (PASSES.test(said)) return;
    if (DOES_NOT_ANSWER.test(said)) this.#begin(said);
    else this.#log(`${namespace}: ${said}`);
  }

  /** To be called as a broker has answered a request. */
  answered(): void {
    if (!this.#isOut) return;
    this.#isOut = false;
    this.#log(`Kafka at ${this.#servers} answers again`);
  }

  #begin(reason: string): void {
    if (this.#isOut) return;
    this.#isOut = true;
    this.#log(
      `Kafka at ${this.#servers} does not answer (${reason}); requests are repeated until it does`,
    );
  }
}
