import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import Table from 'cli-table3';
import { ALL_FUNCTIONS, type AnyFunction } from '../naming/function-names';
import { bundle } from './bundle';
import { BUDGET_BYTES, BUNDLE_FILE } from './bundle-function';
import { PAGE_FOLDER, PAGE_FUNCTION, pageSize } from './bundle-page';

// Bundles every function into dist/<function>/, the console page beside the one that serves it, and prints the sizes.

const PROJECT = join(__dirname, '..', '..');

interface Bundle {
  readonly name: AnyFunction | 'console page';
  readonly bytes: number;
  readonly gzipBytes: number;
}

async function bundleOf(name: AnyFunction): Promise<Bundle> {
  const outputFolder = join(PROJECT, 'dist', name);
  const bytes = await bundle(name, outputFolder);
  const gzipBytes = gzipSync(readFileSync(join(outputFolder, BUNDLE_FILE))).byteLength;
  return { name, bytes, gzipBytes };
}

async function bundleAll(): Promise<void> {
  const bundles = await Promise.all(ALL_FUNCTIONS.map(bundleOf));
  const page = await pageSize(join(PROJECT, 'dist', PAGE_FUNCTION, PAGE_FOLDER));
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
