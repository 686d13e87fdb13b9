import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { IntrinsicResolver } from './intrinsics';
import { arnOf } from './physical-names';
import { type PlainValue, type Stack, StackTemplate, TemplateError } from './stack-template';

export { LOCAL_ACCOUNT, LOCAL_REGION } from './physical-names';
export { TemplateError } from './stack-template';
export type { PlainValue } from './stack-template';

/** One resource of a stack; its properties are resolved when they are asked for. */
export interface Resource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  /** The construct path, `Stack/Functions/Fetch/Resource`; empty without metadata. */
  readonly path: string;
  /** What `Ref` gives. */
  readonly ref: string;
  /** What `Fn::GetAtt` of `Arn` gives. */
  readonly arn: string;
  /**
   * A property with every intrinsic resolved; undefined where it is not set.
   *
   * @throws TemplateError that names stack, resource, property and intrinsic
   */
  readonly property: (name: string) => PlainValue | undefined;
}

/** The stacks of a cloud assembly. */
export interface Assembly {
  readonly folder: string;
  /** The resources of all stacks, in the templates' order. */
  readonly resources: readonly Resource[];
  readonly ofType: (type: string) => readonly Resource[];
  /**
   * The folder (or file) of an asset, by the key that its stack's template names.
   *
   * @throws TemplateError where no assets manifest has it
   */
  readonly assetPath: (s3Key: string) => string;
}

/** Which stacks of an assembly to read. */
export interface AssemblyOptions {
  /** Stacks by artifact id or name; all of them without it. */
  readonly includeStack?: (names: { readonly id: string; readonly stackName: string }) => boolean;
}

const Artifact = v.object({
  type: v.string(),
  displayName: v.optional(v.string()),
  properties: v.optional(v.record(v.string(), v.unknown()), {}),
});
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

interface AssemblyFiles {
  readonly stacks: Stack[];
  readonly assetPaths: Map<string, string>;
}

/**
 * Reads the synthesized stacks of a `cdk.out` folder, with those of nested stages.
 *
 * @throws TemplateError where the folder holds no cloud assembly or no stack
 */
export function readAssembly(folder: string, options: AssemblyOptions = {}): Assembly {
  const files: AssemblyFiles = { stacks: [], assetPaths: new Map() };
  collectStacks(resolve(folder), options, files);
  if (files.stacks.length === 0) {
    throw new TemplateError(`${folder} holds no stack to run; run "npm run synth" first`);
  }
  const resources = resourcesOf(files.stacks);
  return {
    folder: resolve(folder),
    resources,
    ofType: (type) => resources.filter((resource) => resource.type === type),
    assetPath: (s3Key) => assetPathOf(files.assetPaths, s3Key),
  };
}

function assetPathOf(paths: ReadonlyMap<string, string>, s3Key: string): string {
  const path = paths.get(s3Key);
  if (path !== undefined) return path;
  throw new TemplateError(`no assets manifest names ${s3Key}; run "npm run synth" again`);
}

function collectStacks(folder: string, options: AssemblyOptions, files: AssemblyFiles): void {
  const manifest = readJson(AssemblyManifest, join(folder, 'manifest.json'));
  for (const [id, artifact] of Object.entries(manifest.artifacts)) {
    const { properties } = artifact;
    if (artifact.type === 'cdk:cloud-assembly') {
      collectStacks(join(folder, textProperty(properties, 'directoryName', id)), options, files);
    } else if (artifact.type === 'cdk:asset-manifest') {
      collectAssets(folder, textProperty(properties, 'file', id), files.assetPaths);
    } else if (artifact.type === 'aws:cloudformation:stack') {
      const stackName = typeof properties['stackName'] === 'string' ? properties['stackName'] : id;
      if (options.includeStack?.({ id, stackName }) === false) continue;
      const file = join(folder, textProperty(properties, 'templateFile', id));
      files.stacks.push({ name: stackName, template: readJson(StackTemplate, file) });
    }
  }
}

function collectAssets(folder: string, file: string, paths: Map<string, string>): void {
  const manifest = readJson(AssetsManifest, join(folder, file));
  for (const { source, destinations } of Object.values(manifest.files)) {
    for (const { objectKey } of Object.values(destinations)) {
      if (source.path !== undefined) paths.set(objectKey, resolve(folder, source.path));
    }
  }
}

function textProperty(properties: Record<string, unknown>, name: string, id: string): string {
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

function resourcesOf(stacks: readonly Stack[]): Resource[] {
  const resolver = new IntrinsicResolver(stacks);
  return stacks.flatMap((stack) =>
    Object.entries(stack.template.Resources).map(([logicalId, { Type, Properties, Metadata }]) => ({
      stack: stack.name,
      logicalId,
      type: Type,
      path: typeof Metadata['aws:cdk:path'] === 'string' ? Metadata['aws:cdk:path'] : '',
      ref: resolver.ref({ stack, resource: logicalId, property: 'Ref' }, logicalId),
      arn: arnOf(stack, logicalId, Type),
      property: (name: string) =>
        resolver.resolve({ stack, resource: logicalId, property: name }, Properties[name]),
    })),
  );
}
