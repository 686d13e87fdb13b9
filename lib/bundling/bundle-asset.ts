import { ALL_FUNCTIONS } from '../naming/function-names';
import { bundle } from './bundle';

// `bundle-asset.ts <function> <folder>`: the bundling of one function, as a process of its own.

const [, , functionName, outputFolder] = process.argv;
const name = ALL_FUNCTIONS.find((candidate) => candidate === functionName);
if (name === undefined || outputFolder === undefined) {
  throw new TypeError(
    `Expected one of ${ALL_FUNCTIONS.join(', ')} and a folder, got ${String(functionName)} and ${String(outputFolder)}`,
  );
}
void bundle(name, outputFolder);
