import { join } from 'node:path';
import type { AnyFunction } from '../naming/function-names';
import { bundleFunction } from './bundle-function';
import { bundlePage, PAGE_FOLDER, PAGE_FUNCTION } from './bundle-page';

/**
 * Bundles all that a function is deployed with into a folder: its code, and the
 * page with the function that serves it.
 *
 * @returns the size of the code in bytes
 * @throws BuildFailure of esbuild, which names the file and the line
 */
export async function bundle(name: AnyFunction, outputFolder: string): Promise<number> {
  const bytes = await bundleFunction(name, outputFolder);
  if (name === PAGE_FUNCTION) await bundlePage(join(outputFolder, PAGE_FOLDER));
  return bytes;
}
