import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { CompressedFrameError, type Frame, framesIn, OPCODES, VERSION } from './cql-frames';
import {
  preparedQuery,
  type PreparedStatement,
  preparedStatement,
  rowWrites,
  versionRefusal,
  writeTimeout,
} from './cql-writes';
import { type CapacityLimits, WriteCapacity } from './write-capacity';

const WRITES = /^\s*(INSERT|UPDATE|DELETE)\b/i;

/**
 * Stands before a local Cassandra, and throttles prepared writes as Keyspaces
 * does: beyond the capacity of a table or a partition they are answered with a
 * write timeout, and nothing of them is written. Reads are not throttled, and
 * neither are statements that are not prepared; the functions prepare theirs.
 */
export class ThrottlingProxy {
  readonly #server: Server;
  readonly #target: { readonly host: string; readonly port: number };
  readonly #capacity: WriteCapacity;
  readonly #sockets = new Set<Socket>();
  /** Statements that write, by their id, which is the same for all connections. */
  readonly #writes = new Map<string, PreparedStatement>();
  #throttledRequests = 0;
  #writtenRows = 0;

  private constructor(cassandra: string, limits: CapacityLimits) {
    const portAt = cassandra.lastIndexOf(':');
    this.#target = {
      host: cassandra.slice(0, portAt),
      port: Number(cassandra.slice(portAt + 1)),
    };
    this.#capacity = new WriteCapacity(limits, () => performance.now());
    this.#server = createServer((client) => this.#link(client));
  }

  /** @param cassandra `host:port` */
  static async start(cassandra: string, limits: CapacityLimits): Promise<ThrottlingProxy> {
    const proxy = new ThrottlingProxy(cassandra, limits);
    await once(proxy.#server.listen(0, '127.0.0.1'), 'listening');
    return proxy;
  }

  /** `host:port` */
  get endpoint(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Requests that were throttled. */
  get throttledRequests(): number {
    return this.#throttledRequests;
  }

  /** Rows of the requests that were not. */
  get writtenRows(): number {
    return this.#writtenRows;
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#sockets.forEach((socket) => socket.destroy());
    await once(this.#server, 'close');
  }

  #link(client: Socket): void {
    const upstream = connect(this.#target);
    const preparing = new Set<number>();
    this.#join(client, upstream);
    onFrames(client, (frame) => {
      if (frame.opcode === OPCODES.prepare && WRITES.test(preparedQuery(frame))) {
        preparing.add(frame.stream);
      }
      const refusal = this.#refusal(frame);
      if (refusal === undefined) upstream.write(frame.bytes);
      else client.write(refusal);
    });
    onFrames(upstream, (frame) => {
      if (preparing.delete(frame.stream)) this.#remember(frame);
      client.write(frame.bytes);
    });
  }

  /** Either side may end at any time, and the other ends with it. */
  #join(client: Socket, upstream: Socket): void {
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
  }

  #remember(frame: Frame): void {
    if (frame.opcode !== OPCODES.result) return;
    const statement = preparedStatement(frame);
    if (statement !== undefined) this.#writes.set(statement.id, statement);
  }

  #refusal(frame: Frame): Buffer | undefined {
    if (frame.version !== VERSION) return versionRefusal(frame);
    const writes = rowWrites(frame, this.#writes);
    if (writes.length === 0) return undefined;
    if (this.#capacity.take(writes)) {
      this.#writtenRows += writes.length;
      return undefined;
    }
    this.#throttledRequests++;
    return writeTimeout(frame, `The capacity of ${writes[0]?.table ?? 'a table'} is exceeded`);
  }
}

function onFrames(socket: Socket, handle: (frame: Frame) => void): void {
  let rest = Buffer.alloc(0);
  socket.on('data', (bytes) => {
    try {
      const read = framesIn(Buffer.concat([rest, bytes]));
      rest = Buffer.from(read.rest);
      read.frames.forEach(handle);
    } catch (error) {
      if (!(error instanceof CompressedFrameError)) throw error;
      socket.destroy(error);
    }
  });
}
