import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import type { AnyFunction } from '../naming/function-names';
import { leaveOut } from './leave-out';
import { LEFT_OUT } from './left-out-modules';
import { nameDriverErrors } from './name-driver-errors';
import { schemasWithoutDocs } from './schemas-without-docs';

/** The only file of a bundle. */
export const BUNDLE_FILE = 'index.js';

/**
 * Size limit of a bundle, so that none grows unnoticed: loading it is part of
 * every cold start. At present, cassandra-driver takes 214 KB, kafkajs 111,
 * avsc 51, Powertools 33, and the exchanges 28.
 */
export const BUDGET_BYTES = 560 * 1_024;

const LAMBDAS = join(__dirname, '..', '..', 'lambdas');

/**
 * Bundles a function and its imports into `index.js` in a folder, which is
 * created if it is missing. The AWS SDK is left out: the Lambda runtime has it.
 *
 * @returns the size of the bundle in bytes
 * @throws BuildFailure of esbuild, which names the file and the line
 */
export async function bundleFunction(name: AnyFunction, outputFolder: string): Promise<number> {
  const { outputs } = await buildFunction(name, outputFolder);
  return Object.values(outputs).reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Builds as {@link bundleFunction} does. @returns what went into the bundle */
export async function buildFunction(name: AnyFunction, outputFolder: string): Promise<Metafile> {
  const { metafile } = await build({
    entryPoints: [join(LAMBDAS, name, 'handler.ts')],
    outfile: join(outputFolder, BUNDLE_FILE),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // `import()` becomes `require()`: the runtime's own packages are found by NODE_PATH, which `import()` ignores.
    supported: { 'dynamic-import': false },
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    external: ['@aws-sdk/*'],
    plugins: [leaveOut(LEFT_OUT), nameDriverErrors, schemasWithoutDocs],
    metafile: true,
    logLevel: 'warning',
  });
  return metafile;
}
