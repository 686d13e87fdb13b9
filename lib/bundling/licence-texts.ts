import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const PACKAGES = join(__dirname, '..', '..', 'node_modules');
const LICENCE_FILES = /^(licen[cs]e|notice|copying)(\.(md|txt))?$/i;
const RULE = '-'.repeat(72);

/**
 * A text that passes on the licences of packages, in the order given.
 *
 * @param head stands before them
 * @throws Error for a package that names no licence
 */
export async function licenceTexts(head: string, names: readonly string[]): Promise<string> {
  const parts = await Promise.all(names.map(licenceOf));
  return [head, ...parts].join(`\n${RULE}\n\n`);
}

async function licenceOf(name: string): Promise<string> {
  const folder = join(PACKAGES, name);
  const { license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    readonly license?: string;
  };
  if (license === undefined)
    throw new Error(`The package ${name} names no licence: ask its author`);
  const files = (await readdir(folder)).filter((file) => LICENCE_FILES.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return [`${name} (${license})\n`, ...texts.map(withoutCarriageReturns)].join('\n');
}

function withoutCarriageReturns(text: string): string {
  return `${text.replaceAll('\r', '').trim()}\n`;
}
