import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { type Stack, StackTemplate, TemplateError } from './stack-template';

/** Which stacks of an assembly to read. */
export interface AssemblyOptions {
  /** Stacks by artifact id or name. @default all of them */
  readonly includeStack?: (names: { readonly id: string; readonly stackName: string }) => boolean;
}

const Artifact = v.object({
  type: v.string(),
  displayName: v.optional(v.string()),
  properties: v.optional(v.record(v.string(), v.unknown()), {}),
});
type Artifact = v.InferOutput<typeof Artifact>;
const AssemblyManifest = v.object({ artifacts: v.optional(v.record(v.string(), Artifact), {}) });

const AssetsManifest = v.object({
  files: v.record(
    v.string(),
    v.object({
      source: v.object({ path: v.optional(v.string()) }),
      destinations: v.record(v.string(), v.object({ objectKey: v.string() })),
    }),
  ),
});

/** The stacks and the assets that the manifests of an assembly name. */
export class AssemblyFiles {
  readonly stacks: Stack[] = [];
  readonly assetPaths = new Map<string, string>();
  readonly #options: AssemblyOptions;

  constructor(options: AssemblyOptions) {
    this.#options = options;
  }

  collect(folder: string): void {
    const { artifacts } = readJson(AssemblyManifest, join(folder, 'manifest.json'));
    for (const [id, artifact] of Object.entries(artifacts)) {
      this.#collectArtifact(folder, id, artifact);
    }
  }

  #collectArtifact(folder: string, id: string, { type, properties }: Artifact): void {
    if (type === 'cdk:cloud-assembly') {
      this.collect(join(folder, textProperty(properties, 'directoryName', id)));
    } else if (type === 'cdk:asset-manifest') {
      this.#collectAssets(folder, textProperty(properties, 'file', id));
    } else if (type === 'aws:cloudformation:stack') {
      this.#collectStack(folder, id, properties);
    }
  }

  #collectStack(folder: string, id: string, properties: Artifact['properties']): void {
    const stackName = typeof properties['stackName'] === 'string' ? properties['stackName'] : id;
    if (this.#options.includeStack?.({ id, stackName }) === false) return;
    const file = join(folder, textProperty(properties, 'templateFile', id));
    this.stacks.push({ name: stackName, template: readJson(StackTemplate, file) });
  }

  #collectAssets(folder: string, file: string): void {
    const manifest = readJson(AssetsManifest, join(folder, file));
    for (const { source, destinations } of Object.values(manifest.files)) {
      for (const { objectKey } of Object.values(destinations)) {
        if (source.path !== undefined) this.assetPaths.set(objectKey, resolve(folder, source.path));
      }
    }
  }
}

function textProperty(properties: Artifact['properties'], name: string, id: string): string {
  const value = properties[name];
  if (typeof value === 'string') return value;
  throw new TemplateError(`the cloud assembly's artifact ${id} has no ${name}`);
}

function readJson<T extends v.GenericSchema>(shape: T, file: string): v.InferOutput<T> {
  const parsed = v.safeParse(shape, parseFile(file));
  if (parsed.success) return parsed.output;
  throw new TemplateError(`${file} is not what the CDK writes: ${v.summarize(parsed.issues)}`);
}

function parseFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new TemplateError(`cannot read ${file}; run "npm run synth" first`, { cause });
  }
}
