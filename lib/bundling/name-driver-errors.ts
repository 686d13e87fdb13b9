import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/**
 * An esbuild plugin that keeps the names of cassandra-driver's errors. The
 * driver names an error after its constructor, which minification renames: a
 * log would report an error `t`.
 */
export const nameDriverErrors: Plugin = {
  name: 'name-driver-errors',
  setup(build) {
    build.onLoad({ filter: /cassandra-driver[\\/]lib[\\/]errors\.js$/ }, async ({ path }) => ({
      contents: `${await readFile(path, 'utf8')}
for (const [name, value] of Object.entries(exports)) Object.defineProperty(value, 'name', { value: name });`,
    }));
  },
};
