import { Server, Socket } from 'node:net';

const LIMIT_MS = 30_000;

/**
 * A run whose process does not end after its last test fails, and names what is
 * still open: sockets with the stack that opened them, servers, child processes.
 * Without it jest would wait for ever. Only tests of this very process are seen:
 * jest ends its workers itself.
 */
export default class OpenHandlesReporter {
  #openedBy = new WeakMap();

  constructor() {
    const { connect } = Socket.prototype;
    const openedBy = this.#openedBy;
    Socket.prototype.connect = function connectAndNote(...args) {
      openedBy.set(this, new Error('opened').stack);
      return connect.apply(this, args);
    };
  }

  onRunComplete() {
    // Without a reference of its own, it fires only if something else keeps the process up.
    setTimeout(() => this.#fail(), LIMIT_MS).unref();
  }

  #fail() {
    const handles = process
      ._getActiveHandles()
      .filter((handle) => handle !== process.stdout && handle !== process.stderr)
      .map((handle) => `- ${this.#described(handle)}`);
    process.stderr.write(
      `The tests are over, but their process does not end within ${LIMIT_MS / 1_000} s. Still open:\n` +
        `${handles.join('\n')}\nactive resources: ${process.getActiveResourcesInfo().join(', ')}\n`,
    );
    process.exit(1);
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
