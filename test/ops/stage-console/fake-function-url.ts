import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The caller that a fake function URL lets in. */
export interface AllowedCaller {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

const SKEW_MS = 5 * 60_000;

/**
 * A function URL with `AWS_IAM`: it computes the signature of what it receives by
 * itself, and refuses a request whose signature is another, as AWS does.
 */
export class FakeFunctionUrl {
  readonly region = 'eu-central-1';
  /** The requests that were let in. */
  readonly requests: IncomingMessage[] = [];
  respond: (response: ServerResponse) => void = (response) => response.end('{}');
  #url = '';
  readonly #caller: AllowedCaller;
  readonly #nowMs: number;
  readonly #server: Server = createServer((request, response) => this.#answer(request, response));

  constructor(caller: AllowedCaller, nowMs: number) {
    this.#caller = caller;
    this.#nowMs = nowMs;
  }

  get url(): string {
    return this.#url;
  }

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const refusal = this.#refusal(request);
    if (refusal !== undefined) {
      const body = JSON.stringify({ Message: refusal });
      response.writeHead(403, { 'content-type': 'application/json' }).end(body);
      return;
    }
    this.requests.push(request);
    this.respond(response);
  }

  #refusal({ method = '', url = '', headers }: IncomingMessage): string | undefined {
    const given =
      /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
        headers.authorization ?? '',
      );
    if (given === null) return 'Forbidden';
    const [, accessKeyId, day = '', region, service, names = '', signature] = given;
    const isScoped = region === this.region && service === 'lambda';
    if (accessKeyId !== this.#caller.accessKeyId || !isScoped) return 'Forbidden';
    if (headers['x-amz-security-token'] !== this.#caller.sessionToken) {
      return 'The security token included in the request is invalid.';
    }
    const time = String(headers['x-amz-date']);
    if (!time.startsWith(day) || Math.abs(timeMs(time) - this.#nowMs) > SKEW_MS) {
      return 'Signature expired';
    }
    const own = Object.keys(headers).filter((name) => name === 'host' || name.startsWith('x-amz-'));
    const isAllSigned = own.every((name) => names.split(';').includes(name));
    const canonical = [
      method,
      ...canonicalAddress(url),
      ...names.split(';').map((name) => `${name}:${String(headers[name])}`),
      '',
      names,
      createHash('sha256').update('').digest('hex'),
    ].join('\n');
    const scope = `${day}/${this.region}/lambda/aws4_request`;
    const isSigned = signature === this.#sign(scope, time, canonical);
    return isAllSigned && isSigned
      ? undefined
      : 'The request signature we calculated does not match the signature you provided.';
  }

  #sign(scope: string, time: string, canonical: string): string {
    const hash = createHash('sha256').update(canonical).digest('hex');
    const hmac = (key: string | Buffer, text: string) =>
      createHmac('sha256', key).update(text).digest();
    const key = scope
      .split('/')
      .reduce<string | Buffer>(hmac, `AWS4${this.#caller.secretAccessKey}`);
    return hmac(key, `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash}`).toString('hex');
  }
}

/** `20260115T120000Z` */
function timeMs(text: string): number {
  return Date.parse(
    text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'),
  );
}

/** Path and query as they are signed: the path escaped once more, the query by its names. */
function canonicalAddress(url: string): [path: string, query: string] {
  const [path = '', query = ''] = url.split('?');
  return [path.replaceAll('%', '%25'), query.split('&').sort().join('&')];
}
