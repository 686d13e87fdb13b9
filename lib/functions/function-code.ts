import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CfnResource, Stack } from 'aws-cdk-lib';
import { AssetCode, Code, type CodeConfig, type ResourceBindOptions } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { AnyFunction } from '../naming/function-names';

/** A function does not build; the message holds the output of esbuild. */
export class BundlingError extends Error {
  override readonly name = 'BundlingError';
}

const PROJECT = join(__dirname, '..', '..');

/** Texts of files that stand beside the bundle of a function, by their names. */
export type FilesBeside = Readonly<Record<string, string>>;

/**
 * The code of a function: its bundle, made when the app is synthesized, if the
 * stack's assets are wanted, and the files beside it. The CDK's own bundling reports
 * each asset on the terminal; this is silent unless it fails.
 */
export function functionCode(name: AnyFunction, filesBeside: FilesBeside = {}): Code {
  return new BundledCode(name, filesBeside);
}

class BundledCode extends Code {
  readonly isInline = false;
  readonly #name: AnyFunction;
  readonly #filesBeside: FilesBeside;
  #asset: AssetCode | undefined;

  constructor(name: AnyFunction, filesBeside: FilesBeside) {
    super();
    this.#name = name;
    this.#filesBeside = filesBeside;
  }

  /** @throws BundlingError if the function does not build */
  override bind(scope: Construct): CodeConfig {
    if (!Stack.of(scope).bundlingRequired) {
      return this.#bindFolder(scope, join(PROJECT, 'lambdas', this.#name));
    }
    const folder = mkdtempSync(join(tmpdir(), 'candlestream-bundle-'));
    try {
      bundleTo(this.#name, folder);
      for (const [file, text] of Object.entries(this.#filesBeside)) {
        writeFileSync(join(folder, file), text);
      }
      // The asset is copied to the output of the synthesis.
      return this.#bindFolder(scope, folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  override bindToResource(resource: CfnResource, options?: ResourceBindOptions): void {
    this.#asset?.bindToResource(resource, options);
  }

  #bindFolder(scope: Construct, folder: string): CodeConfig {
    this.#asset = new AssetCode(folder);
    return this.#asset.bind(scope);
  }
}

/** Constructs are created synchronously, but esbuild's plugins are asynchronous: another process waits for them. */
function bundleTo(name: AnyFunction, outputFolder: string): void {
  const script = join(__dirname, '..', 'bundling', 'bundle-asset.ts');
  const { status, stderr, error } = spawnSync(
    process.execPath,
    ['--import', 'tsx', script, name, outputFolder],
    { cwd: PROJECT, encoding: 'utf8', timeout: 120_000 },
  );
  if (status === 0) return;
  const reason = error?.message ?? stderr;
  throw new BundlingError(`The function ${name} does not build: ${reason}`, { cause: error });
}
