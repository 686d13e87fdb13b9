import { readFile } from 'node:fs/promises';
import { sep } from 'node:path';
import type { Plugin } from 'esbuild';

/** An esbuild plugin that drops the `doc` texts of the Avro schemas: a codec does not read them. */
export const schemasWithoutDocs: Plugin = {
  name: 'schemas-without-docs',
  setup(build) {
    build.onLoad({ filter: /[\\/]schemas[\\/][^\\/]+\.json$/ }, async ({ path }) => {
      if (path.split(sep).includes('node_modules')) return undefined;
      const schema: unknown = JSON.parse(await readFile(path, 'utf8'), (key, value: unknown) =>
        key === 'doc' && typeof value === 'string' ? undefined : value,
      );
      return { contents: JSON.stringify(schema), loader: 'json' };
    });
  },
};
