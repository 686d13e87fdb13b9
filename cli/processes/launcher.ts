import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './lock-file';

const LOOK_EVERY_MS = 1_000;
const ANSWER_LIMIT_MS = 10_000;
/** npm, as `ps` prints it: it sets its own title. */
const NPM = /^npm\b|\/npm-cli\.js\b/;

/**
 * Waits for the end of npm, or of a process between npm and this one. They end
 * after this process, unless they are killed in a way that nobody can handle:
 * then nobody else stops what npm was to run. Never resolves if npm did not
 * start this process.
 */
export async function launcherEnded(environment: NodeJS.ProcessEnv = process.env): Promise<void> {
  const pids = environment['npm_lifecycle_event'] === undefined ? [] : launcherPids();
  while (pids.every(isAlive)) {
    await sleep(LOOK_EVERY_MS, undefined, { ref: false });
  }
}

/** Looked up at once: a launcher that ends now would not be found later. */
function launcherPids(): number[] {
  const args = ['-A', '-o', 'pid=,ppid=,args='];
  const listed = spawnSync('ps', args, { encoding: 'utf8', timeout: ANSWER_LIMIT_MS });
  // A system without ps leaves the other ways to stop a command.
  return pidsUpToNpm(listed.error === undefined ? listed.stdout : '', process.ppid);
}

/** The process of a pid and its ancestors up to npm, in lines such as `4711 1 npm start`; none without npm. */
export function pidsUpToNpm(processes: string, pid: number): number[] {
  const found = new Map(processes.split('\n').flatMap(parsedProcess));
  const pids: number[] = [];
  for (let at = pid, one = found.get(at); one !== undefined; one = found.get((at = one.parent))) {
    pids.push(at);
    if (NPM.test(one.args)) return pids;
  }
  return [];
}

function parsedProcess(line: string): [number, { parent: number; args: string }][] {
  const [, pid, parent, args = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
  return pid === undefined ? [] : [[Number(pid), { parent: Number(parent), args }]];
}
