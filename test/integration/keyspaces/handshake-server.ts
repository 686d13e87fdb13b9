import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { SigV4AuthProvider } from 'aws-sigv4-auth-cassandra-plugin';
import { types } from 'cassandra-driver';
import type { AwsCredentials } from '../../../lambdas/shared/adapters/aws-signature';
import { longValue, textValue } from '../../../lambdas/shared/adapters/database/cql-values';
import type { Certificate } from './certificates';
import {
  BodyReader,
  type Frame,
  framesIn,
  OPCODES,
  type FrameContent,
  responseFrame,
  short,
  text,
  VERSION,
} from '../../../local/keyspaces/cql-frames';
import {
  bytesOf,
  errorAnswer,
  inet,
  keyspaceAnswer,
  preparedAnswer,
  rowsAnswer,
  type Table,
} from './frames';

const { dataTypes, responseErrorCodes: codes } = types;

/** What the server holds, and whom it lets in. */
export interface KeyspacesSetting {
  readonly certificate: Certificate;
  readonly region: string;
  readonly credentials: AwsCredentials;
  /** The one row of the table `progress`, its times in milliseconds. */
  readonly progress: {
    readonly exchange: string;
    readonly pair: string;
    readonly liveSinceMs: number;
    readonly settledToMs: number;
    readonly seenToMs: number;
    readonly newestMs: number;
    readonly observedAtMs: number;
  };
  /** The addresses of the other nodes. */
  readonly peers: readonly string[];
}

const METHOD = 'SigV4\0\0';
const STATEMENT = 'progress-of-a-pair';
const LOCAL: Table = {
  keyspace: 'system',
  name: 'local',
  columns: [
    ['key', dataTypes.varchar],
    ['data_center', dataTypes.varchar],
    ['release_version', dataTypes.varchar],
  ],
};
const PEERS: Table = {
  keyspace: 'system',
  name: 'peers',
  columns: [
    ['peer', dataTypes.inet],
    ['rpc_address', dataTypes.inet],
    ['data_center', dataTypes.varchar],
    ['release_version', dataTypes.varchar],
  ],
};
const PROGRESS: Table = {
  keyspace: 'candlestream',
  name: 'progress',
  columns: [
    ['exchange', dataTypes.varchar],
    ['pair', dataTypes.varchar],
    ['live_since', dataTypes.timestamp],
    ['settled_to', dataTypes.timestamp],
    ['seen_to', dataTypes.timestamp],
    ['newest', dataTypes.timestamp],
    ['observed_at', dataTypes.timestamp],
    ['unknown_since', dataTypes.timestamp],
    ['ended_at', dataTypes.timestamp],
    ['listed_since', dataTypes.timestamp],
  ],
};
/** What Keyspaces says that it is. */
const RELEASE = textValue('3.11.2');

/**
 * The part of Amazon Keyspaces that a function meets when it connects: TLS, a
 * login by Signature Version 4, the tables about nodes, and one row.
 */
export class KeyspacesServer {
  readonly #setting: KeyspacesSetting;
  readonly #server: Server;
  readonly #sockets = new Set<TLSSocket>();
  /** The names that clients said over TLS whom they want to reach. */
  readonly serverNames: (string | false)[] = [];
  /** All that was asked so far, by opcode. */
  readonly asked: number[] = [];
  /** Whether each signature so far was accepted. */
  readonly logins: boolean[] = [];

  private constructor(setting: KeyspacesSetting) {
    this.#setting = setting;
    const { pfx, passphrase } = setting.certificate;
    this.#server = createServer({ pfx, passphrase }, (socket) => this.#serve(socket));
  }

  static async start(setting: KeyspacesSetting): Promise<KeyspacesServer> {
    const server = new KeyspacesServer(setting);
    await once(server.#server.listen(0, '127.0.0.1'), 'listening');
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#sockets.forEach((socket) => socket.destroy());
    await once(this.#server, 'close');
  }

  #serve(socket: TLSSocket): void {
    this.#sockets.add(socket);
    this.serverNames.push(socket.servername ?? false);
    const session = new Session(this.#setting, (accepted) => this.logins.push(accepted));
    let unread = Buffer.alloc(0);
    socket.on('data', (bytes) => {
      const { frames: requests, rest } = framesIn(Buffer.concat([unread, bytes]));
      unread = Buffer.from(rest);
      for (const request of requests) {
        this.asked.push(request.opcode);
        void session.answer(request).then((answer) => socket.write(responseFrame(request, answer)));
      }
    });
    // A client that does not trust the server goes without a word.
    socket.on('error', () => socket.destroy());
  }
}

/** One connection: nothing but the login is answered before it has succeeded. */
class Session {
  readonly #setting: KeyspacesSetting;
  readonly #onLogin: (accepted: boolean) => void;
  readonly #challenge = Buffer.from(`nonce=${randomBytes(16).toString('hex')}`);
  #state: 'new' | 'started' | 'challenged' | 'in' = 'new';

  constructor(setting: KeyspacesSetting, onLogin: (accepted: boolean) => void) {
    this.#setting = setting;
    this.#onLogin = onLogin;
  }

  async answer(request: Frame): Promise<FrameContent> {
    if (request.version !== VERSION) {
      return errorAnswer(codes.protocolError, 'Invalid or unsupported protocol version');
    }
    if (request.opcode === OPCODES.options) return { opcode: OPCODES.supported, body: short(0) };
    switch (this.#state) {
      case 'new':
        return this.#start(request);
      case 'started':
        return this.#sendChallenge(request);
      case 'challenged':
        return this.#login(request);
      case 'in':
        return answerTo(request, this.#setting);
    }
  }

  #start({ opcode }: Frame): FrameContent {
    if (opcode !== OPCODES.startup) return outOfTurn(opcode);
    this.#state = 'started';
    return {
      opcode: OPCODES.authenticate,
      body: text('org.apache.cassandra.auth.PasswordAuthenticator'),
    };
  }

  #sendChallenge(request: Frame): FrameContent {
    if (request.opcode !== OPCODES.authResponse) return outOfTurn(request.opcode);
    if (new BodyReader(request.body).longText() !== METHOD) return refusal();
    this.#state = 'challenged';
    return { opcode: OPCODES.authChallenge, body: bytesOf(this.#challenge) };
  }

  async #login(request: Frame): Promise<FrameContent> {
    if (request.opcode !== OPCODES.authResponse) return outOfTurn(request.opcode);
    const token = new BodyReader(request.body).longText();
    const isAccepted = token === (await expectedToken(this.#setting, this.#challenge, token));
    this.#onLogin(isAccepted);
    if (!isAccepted) return refusal();
    this.#state = 'in';
    return { opcode: OPCODES.authSuccess, body: bytesOf(Buffer.alloc(0)) };
  }
}

function outOfTurn(opcode: number): FrameContent {
  return errorAnswer(codes.protocolError, `Not the turn of opcode ${opcode}`);
}

function refusal(): FrameContent {
  return errorAnswer(codes.badCredentials, 'Authentication failed');
}

/** What the published plugin answers to the challenge at the time that the token tells. */
async function expectedToken(
  { region, credentials }: KeyspacesSetting,
  challenge: Buffer,
  token: string,
): Promise<string> {
  const date = new Date(/amzdate=([^,]+)/.exec(token)?.[1] ?? Number.NaN);
  const isOfNow = Math.abs(Date.now() - date.getTime()) < 60_000;
  if (!isOfNow) return 'none: not signed now';
  const provider = new SigV4AuthProvider({ region, ...credentials });
  const authenticator = Object.assign(provider.newAuthenticator('', ''), { date });
  return new Promise((resolve, reject) => {
    authenticator.evaluateChallenge(challenge, (error: Error | null, answer?: Buffer) => {
      if (error === null && answer !== undefined) resolve(answer.toString());
      else reject(error ?? new Error('Neither an error nor an answer'));
    });
  });
}

/** What is answered to who is logged in. */
function answerTo(request: Frame, setting: KeyspacesSetting): FrameContent {
  switch (request.opcode) {
    case OPCODES.register:
      return { opcode: OPCODES.ready, body: Buffer.alloc(0) };
    case OPCODES.query:
      return answerToQuery(new BodyReader(request.body).longText(), setting);
    case OPCODES.prepare:
      return preparation(new BodyReader(request.body).longText());
    case OPCODES.execute:
      return execution(request, setting);
    default:
      return outOfTurn(request.opcode);
  }
}

function answerToQuery(query: string, { region, peers }: KeyspacesSetting): FrameContent {
  if (query.startsWith('SELECT * FROM system.local')) {
    return rowsAnswer(LOCAL, [[textValue('local'), textValue(region), RELEASE]]);
  }
  if (query === 'SELECT * FROM system.peers') {
    return rowsAnswer(
      PEERS,
      peers.map((address) => [inet(address), inet(address), textValue(region), RELEASE]),
    );
  }
  if (query === `USE "${PROGRESS.keyspace}"`) return keyspaceAnswer(PROGRESS.keyspace);
  return errorAnswer(codes.syntaxError, `Not a query that this server knows: ${query}`);
}

function preparation(query: string): FrameContent {
  const names = PROGRESS.columns.map(([name]) => name).join(', ');
  if (
    query.replace(/\s+/g, ' ') !== `SELECT ${names} FROM progress WHERE exchange = ? AND pair = ?`
  ) {
    return errorAnswer(codes.syntaxError, `Not a statement that this server knows: ${query}`);
  }
  return preparedAnswer(STATEMENT, PROGRESS, [
    ['exchange', dataTypes.varchar],
    ['pair', dataTypes.varchar],
  ]);
}

function execution({ body }: Frame, { progress }: KeyspacesSetting): FrameContent {
  if (!body.subarray(2).toString('latin1').startsWith(STATEMENT)) {
    return errorAnswer(codes.unprepared, 'Not a statement that is prepared here');
  }
  const { exchange, pair, liveSinceMs, settledToMs, seenToMs, newestMs, observedAtMs } = progress;
  const times = [liveSinceMs, settledToMs, seenToMs, newestMs, observedAtMs].map(longValue);
  return rowsAnswer(PROGRESS, [[textValue(exchange), textValue(pair), ...times, null, null, null]]);
}
