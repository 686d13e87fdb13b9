import { join } from 'node:path';
import { ALL_FUNCTIONS, type AnyFunction } from '../naming/function-names';
import { bundleFunction } from './bundle-function';
import { bundlePage, PAGE_FOLDER, PAGE_FUNCTION } from './bundle-page';

// `bundle-asset.ts <function> <folder>`: the bundling of one function, as a process of its own;
// that which serves the console page has the page beside it.

const [, , functionName, outputFolder] = process.argv;
const name = ALL_FUNCTIONS.find((candidate) => candidate === functionName);
if (name === undefined || outputFolder === undefined) {
  throw new TypeError(
    `Expected one of ${ALL_FUNCTIONS.join(', ')} and a folder, got ${String(functionName)} and ${String(outputFolder)}`,
  );
}
void bundle(name, outputFolder);

async function bundle(bundled: AnyFunction, folder: string): Promise<void> {
  await bundleFunction(bundled, folder);
  if (bundled === PAGE_FUNCTION) await bundlePage(join(folder, PAGE_FOLDER));
}
