import { Server, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { TestEnvironment } from 'jest-environment-node';

const LIMIT_MS = 30_000;
const PAUSE_MS = 50;

/**
 * A test file that holds something open behind its last test fails, and names
 * what it is: sockets with the stack that opened them, servers, child processes,
 * timers. A process of its own would never end, but jest ends its workers itself.
 */
export default class OpenHandlesEnvironment extends TestEnvironment {
  #handles = new Set();
  #timers = 0;
  #openedBy = new WeakMap();
  #connect = Socket.prototype.connect;

  async setup() {
    await super.setup();
    this.#handles = new Set(process._getActiveHandles());
    this.#timers = timerCount();
    const [connect, openedBy] = [this.#connect, this.#openedBy];
    Socket.prototype.connect = function connectAndNote(...args) {
      openedBy.set(this, new Error('opened').stack);
      return connect.apply(this, args);
    };
  }

  async teardown() {
    const endMs = performance.now() + LIMIT_MS;
    let left = this.#left();
    while (left.length > 0 && performance.now() < endMs) {
      await delay(PAUSE_MS);
      left = this.#left();
    }
    Socket.prototype.connect = this.#connect;
    await super.teardown();
    if (left.length === 0) return;
    throw new Error(
      `The tests of this file are over, but ${LIMIT_MS / 1_000} s later these are still open:\n${left.join('\n')}`,
    );
  }

  #left() {
    // A process opens its own streams once it first writes to them.
    const own = new Set([...this.#handles, process.stdout, process.stderr]);
    const handles = process._getActiveHandles().filter((handle) => !own.has(handle));
    const timers = timerCount() - this.#timers;
    return [
      ...handles.map((handle) => `- ${this.#described(handle)}`),
      ...(timers > 0 ? [`- timers: ${timers}`] : []),
    ];
  }

  #described(handle) {
    if (handle.spawnfile !== undefined) {
      return `process ${handle.pid}: ${handle.spawnargs.join(' ').slice(0, 200)}`;
    }
    if (handle instanceof Server) return `server on ${JSON.stringify(handle.address())}`;
    const { localPort, remoteAddress, remotePort, fd, destroyed, readableEnded } = handle;
    const facts = { localPort, remoteAddress, remotePort, fd, destroyed, readableEnded };
    return `${handle.constructor.name} ${JSON.stringify(facts)} ${this.#openedBy.get(handle) ?? ''}`;
  }
}

function timerCount() {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
}
