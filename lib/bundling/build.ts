import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import Table from 'cli-table3';
import { ALL_FUNCTIONS, type AnyFunction } from '../naming/function-names';
import { BUDGET_BYTES, BUNDLE_FILE, bundleFunction } from './bundle-function';
import { bundlePage, PAGE_FOLDER, PAGE_FUNCTION } from './bundle-page';

// Bundles every function into dist/<function>/, the console page beside that which serves it, and prints the sizes.

const PROJECT = join(__dirname, '..', '..');

interface Bundle {
  readonly name: AnyFunction | 'console page';
  readonly bytes: number;
  readonly gzipBytes: number;
}

async function bundle(name: AnyFunction): Promise<Bundle> {
  const outputFolder = join(PROJECT, 'dist', name);
  const bytes = await bundleFunction(name, outputFolder);
  const gzipBytes = gzipSync(readFileSync(join(outputFolder, BUNDLE_FILE))).byteLength;
  return { name, bytes, gzipBytes };
}

async function bundleAll(): Promise<void> {
  const bundles = await Promise.all(ALL_FUNCTIONS.map(bundle));
  const page = await bundlePage(join(PROJECT, 'dist', PAGE_FUNCTION, PAGE_FOLDER));
  console.log(tableOf([...bundles, { name: 'console page', ...page }]));
  const heavy = bundles.filter(({ bytes }) => bytes > BUDGET_BYTES).map(({ name }) => name);
  if (heavy.length === 0) return;
  console.error(
    `Over the budget of ${kilobytes(BUDGET_BYTES)}: ${heavy.join(', ')}. See lib/bundling/left-out-modules.ts for modules that can be left out.`,
  );
  process.exitCode = 1;
}

function tableOf(bundles: readonly Bundle[]): string {
  const table = new Table({
    head: ['bundle', 'minified', 'gzip'],
    style: { head: [], border: [] },
  });
  for (const { name, bytes, gzipBytes } of bundles) {
    table.push([name, kilobytes(bytes), kilobytes(gzipBytes)]);
  }
  return table.toString();
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1_024).toFixed(1)} KB`;
}

void bundleAll();
