import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ALL_FUNCTIONS } from '../naming/function-names';
import { buildFunction } from './bundle-function';
import { buildAssets } from './bundle-page';
import { bundledPackages } from './bundled-packages';
import { licenceTexts } from './licence-texts';

const HEAD = `Candlestream
Licensed under the Apache License, Version 2.0: see LICENSE.

The functions and the console page are bundled with code of the packages below.
Written by npm run notice.
`;

/** The text of the file NOTICE: the licence of each package that is in a bundle, in alphabetical order. */
export async function noticeText(): Promise<string> {
  const names = [...(await packagesOfFunctions()), ...(await packagesOfPage())];
  return licenceTexts(HEAD, [...new Set(names)].sort());
}

async function packagesOfFunctions(): Promise<string[]> {
  const metafiles = await Promise.all(
    ALL_FUNCTIONS.map((name) => inTemporaryFolder((folder) => buildFunction(name, folder))),
  );
  return metafiles.flatMap(bundledPackages);
}

/** The packages that the console page is made of. */
async function packagesOfPage(): Promise<string[]> {
  return bundledPackages((await buildAssets()).metafile);
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
