import { existsSync } from 'node:fs';
import { testWith } from '../support/test-with';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Chromium is not on this machine. */
export class NoChromiumError extends Error {
  override readonly name = 'NoChromiumError';
}

/**
 * The browser that tests of the page run: that of the variable CHROMIUM, or
 * else that of the system.
 *
 * @throws NoChromiumError if there is none
 */
export function findChromium(): string {
  const found = installed();
  if (found !== undefined) return found;
  throw new NoChromiumError(
    `Chromium is not at ${places().join(', ')}: install it (apt-get install chromium), or set CHROMIUM to its path`,
  );
}

/** A test of a page. */
export const testInBrowser = testWith(installed());

function installed(): string | undefined {
  return places().find((path) => existsSync(path));
}

function places(): readonly string[] {
  return process.env['CHROMIUM'] ? [process.env['CHROMIUM']] : PLACES;
}
