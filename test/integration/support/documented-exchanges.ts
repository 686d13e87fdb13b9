import { EXCHANGE_FACTS } from '../../../lambdas/shared/adapters/exchanges/exchange-facts';
import { MINUTE_MS } from '../../../lambdas/shared/domain/interval';
import type { ExchangeAddress } from '../../../local/emulator/local-environment';
import { isFor } from '../../lambdas/shared/adapters/exchanges/conformance/answers/exchange-answers';
import {
  ScriptedServer,
  type ServerAnswer,
  type ServerRequest,
} from '../../lambdas/shared/adapters/exchanges/scripted-server';
import type { DocumentedDay, WrittenRows } from './documented-answers';
import type { Rows } from './stored-rows';

/** An exchange that answers as on a day of its documents. */
export class DocumentedExchange {
  readonly day: DocumentedDay;
  /** Open time of the documented row, in UTC milliseconds. */
  readonly openTimeMs: number;
  readonly #server = new ScriptedServer();

  constructor(day: DocumentedDay) {
    this.day = day;
    this.openTimeMs = Date.parse(day.openTime);
  }

  async start(): Promise<void> {
    await this.#server.start();
    this.answerDocumented();
  }

  /** Where functions reach it, with the path that the exchange's API has. */
  get address(): ExchangeAddress {
    const { pathname } = new URL(EXCHANGE_FACTS[this.day.answers.exchange].url);
    const { url } = this.#server;
    return { url: pathname === '/' ? url : url + pathname, archiveUrl: undefined };
  }

  /** Answers the documented row alone, half a minute after it has closed. */
  answerDocumented(): void {
    const { answer } = this.day.answers.documented;
    this.#answer(answer, this.openTimeMs + 1.5 * MINUTE_MS);
  }

  /** Answers the later body, in the last second of its open minute. */
  answerLater(): void {
    this.#answer(this.day.laterBody, this.openTimeMs + 4 * MINUTE_MS - 1_000);
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  #answer(body: unknown, dateMs: number): void {
    const headers = { date: new Date(dateMs).toUTCString() };
    this.#server.script = (request) => ({ headers, body: this.#bodyFor(request, body) });
  }

  /** The body, or one without rows for other minutes. @throws Error for a request of another kind */
  #bodyFor(request: ServerRequest, body: unknown): ServerAnswer['body'] {
    const { answers, isAskedFor } = this.day;
    if (!isFor(answers.symbol, request)) {
      throw new Error(`${answers.exchange} was not expected to be asked for ${request.path}`);
    }
    return isAskedFor(request.query) ? body : answers.rowsAnswer([]);
  }
}

/** Rows written by hand, as `StoredTables.market` reads them. */
export function writtenRows(groups: readonly WrittenRows[]): Rows {
  return new Map(
    groups.flatMap(({ values, closed, open }) => [
      ...closed.map((key) => [key, `${values}, closed`] as const),
      ...open.map((key) => [key, `${values}, open`] as const),
    ]),
  );
}
