import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Transform } from 'node:stream';

/** The last answer of a connection to a request, instead of the server's; undefined to leave it to the server. */
export type AnswerInstead = (request: Buffer) => Buffer | undefined;

/** Stands between clients and a server of 127.0.0.1, and can let their connections go bad. */
export class TcpProxy {
  readonly #server: Server;
  readonly #links: { readonly client: Socket; readonly upstream: Socket }[] = [];
  #opened = 0;
  #refused = 0;
  #openingsPerS = Infinity;
  #answerInstead: AnswerInstead = () => undefined;
  #second = { startMs: 0, openings: 0 };

  private constructor(targetPort: number) {
    this.#server = createServer((client) => this.#link(client, targetPort));
  }

  /** @param targetPort need not listen yet */
  static async start(targetPort: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(targetPort);
    await once(proxy.#server.listen(0, '127.0.0.1'), 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** How many connections clients have opened so far. */
  get opened(): number {
    return this.#opened;
  }

  /** How many connections were refused. */
  get refused(): number {
    return this.#refused;
  }

  /** Refuses connections beyond so many a second, as a broker does that throttles them. */
  limitOpenings(perSecond: number): void {
    this.#openingsPerS = perSecond;
  }

  /**
   * Answers some requests itself, and closes their connections.
   *
   * @param answer is called with what a client wrote at once: a request, if it waits for the answer to each
   */
  answerInstead(answer: AnswerInstead): void {
    this.#answerInstead = answer;
  }

  /** Closes all connections in order, as an idle server does. */
  closeAll(): void {
    for (const { client, upstream } of this.#links) {
      client.end();
      upstream.destroy();
    }
  }

  /** Ends all connections with a reset, as a server that has gone does. */
  resetAll(): void {
    for (const { client, upstream } of this.#links) {
      client.resetAndDestroy();
      upstream.destroy();
    }
  }

  /** Forgets all connections without a word, as a firewall does; new ones work. */
  forgetAll(): void {
    for (const { client, upstream } of this.#links) {
      client.unpipe();
      upstream.unpipe(client);
      client.resume();
      upstream.destroy();
    }
  }

  async stop(): Promise<void> {
    this.resetAll();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #isOneTooMany(): boolean {
    const nowMs = performance.now();
    if (nowMs - this.#second.startMs >= 1_000) this.#second = { startMs: nowMs, openings: 0 };
    return ++this.#second.openings > this.#openingsPerS;
  }

  #link(client: Socket, targetPort: number): void {
    if (this.#isOneTooMany()) {
      this.#refused++;
      client.resetAndDestroy();
      return;
    }
    this.#opened++;
    const upstream = connect({ host: '127.0.0.1', port: targetPort });
    this.#links.push({ client, upstream });
    client.pipe(this.#requests(client, upstream)).pipe(upstream).pipe(client);
    // Either side may end at any time: that is what a proxy is for.
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
  }

  #requests(client: Socket, upstream: Socket): Transform {
    return new Transform({
      transform: (request: Buffer, _encoding, done) => {
        const answer = this.#answerInstead(request);
        if (answer === undefined) {
          done(null, request);
          return;
        }
        upstream.unpipe(client);
        upstream.destroy();
        client.end(answer);
        done();
      },
    });
  }
}
