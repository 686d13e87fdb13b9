/** The two servers that the local run and the integration tests stand on. */
export type EngineName = 'kafka' | 'cassandra';

/** An end that nobody asked for. */
export interface EngineDeath {
  readonly name: EngineName;
  /** How it ended, for people: `exit code 1`, `signal SIGKILL`. */
  readonly how: string;
  /** The last lines of its log; empty where it wrote none. */
  readonly lastLogLines: string;
}

/**
 * One server that can be stopped and started again: same port, same data.
 *
 * Everything but `start` may be called at any time, also while it starts.
 */
export interface Engine {
  readonly name: EngineName;
  /** `host:port` of the client port; stays the same over restarts. */
  readonly endpoint: string;
  /** What runs now: `pid 123` or `container candlestream-kafka-1a2b3c4d`; undefined while it is down. */
  readonly runsAs: string | undefined;
  /** The server's own process id where it is a process of this machine and runs now. */
  readonly pid: number | undefined;
  /**
   * Resolves when the engine ends without `stop` or `kill` having been called. It is the same
   * promise over asked-for restarts; after a death, `start` makes a new one.
   */
  readonly died: Promise<EngineDeath>;
  /**
   * Starts it and resolves once it answers a client.
   *
   * @throws EngineStartError where it ends or stays silent; nothing is left running then
   */
  start(): Promise<void>;
  /** Ends it in order, and by force where it does not end in time. No error where it is down. */
  stop(): Promise<void>;
  /** Ends it at once (SIGKILL), as a crash would; `died` does not resolve. No error where it is down. */
  kill(): Promise<void>;
}

/** An engine ended or stayed silent while it was being started. */
export class EngineStartError extends Error {
  override readonly name = 'EngineStartError';
  readonly engine: EngineName;

  constructor(engine: EngineName, reason: string, lastLogLines: string, cause?: unknown) {
    const log = lastLogLines === '' ? '' : `\nThe last lines of its log:\n${lastLogLines}`;
    super(`${engine} did not start: ${reason}.${log}`, { cause });
    this.engine = engine;
  }
}

/** A program that starting the engines needs is not there, or not in a version that works. */
export class MissingProgramError extends Error {
  override readonly name = 'MissingProgramError';
}
