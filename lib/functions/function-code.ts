import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { AnyFunction } from '../naming/function-names';

/** A function does not build; the message holds the output of esbuild. */
export class BundlingError extends Error {
  override readonly name = 'BundlingError';
}

const PROJECT = join(__dirname, '..', '..');

/**
 * The code of a function: its bundle, made when the app is synthesized.
 *
 * @throws BundlingError when it is bound, if the function does not build
 */
export function functionCode(name: AnyFunction): Code {
  return Code.fromAsset(join(PROJECT, 'lambdas', name), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Required, but unused: nothing is bundled in a container.
      image: DockerImage.fromRegistry('scratch'),
      local: { tryBundle: (outputFolder) => bundleTo(name, outputFolder) },
    },
  });
}

/** Constructs are created synchronously, but esbuild's plugins are asynchronous: another process waits for them. */
function bundleTo(name: AnyFunction, outputFolder: string): true {
  const script = join(__dirname, '..', 'bundling', 'bundle-asset.ts');
  const { status, stderr, error } = spawnSync(
    process.execPath,
    ['--import', 'tsx', script, name, outputFolder],
    { cwd: PROJECT, encoding: 'utf8', timeout: 120_000 },
  );
  if (status === 0) return true;
  const reason = error?.message ?? stderr;
  throw new BundlingError(`The function ${name} does not build: ${reason}`, { cause: error });
}
