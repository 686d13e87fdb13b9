import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ALL_FUNCTIONS } from '../naming/function-names';
import { buildFunction } from './bundle-function';
import { buildAssets } from './bundle-page';
import { bundledPackages } from './bundled-packages';

const PROJECT = join(__dirname, '..', '..');
const HEAD = `Candlestream
Licensed under the Apache License, Version 2.0: see LICENSE.

The functions and the console page are bundled with code of the packages below.
Written by npm run notice.
`;
const LICENCE_FILES = /^(licen[cs]e|notice|copying)(\.(md|txt))?$/i;
const RULE = '-'.repeat(72);

/** The text of the file NOTICE: the licence of each package that is in a bundle, in alphabetical order. */
export async function noticeText(): Promise<string> {
  const names = [...(await packagesOfFunctions()), ...(await packagesOfPage())];
  const parts = await Promise.all([...new Set(names)].sort().map(partOf));
  return [HEAD, ...parts].join(`\n${RULE}\n\n`);
}

async function packagesOfFunctions(): Promise<string[]> {
  const metafiles = await Promise.all(
    ALL_FUNCTIONS.map((name) => inTemporaryFolder((folder) => buildFunction(name, folder))),
  );
  return metafiles.flatMap(bundledPackages);
}

/** The packages that the console page is made of. */
export async function packagesOfPage(): Promise<string[]> {
  return bundledPackages(await inTemporaryFolder(buildAssets));
}

async function inTemporaryFolder<Result>(
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'candlestream-notice-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function partOf(name: string): Promise<string> {
  const folder = join(PROJECT, 'node_modules', name);
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
