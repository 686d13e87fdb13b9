import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** Generous: the cases are bounded by the processor alone, which others may be using. */
export const LONGEST_CASE_MS = 1_200_000;

/** The output of a script of the simulation, in a process of its own: jest's sandbox is much slower. */
export async function outputOf(script: string, ...args: string[]): Promise<string> {
  const running = spawn(process.execPath, ['--import', 'tsx', script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return text(running.stdout);
}
