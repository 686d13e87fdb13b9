import { resolve } from 'node:path';
import { AssemblyFiles, type AssemblyOptions } from './assembly-files';
import { IntrinsicResolver } from './intrinsics/intrinsics';
import { arnOf } from './intrinsics/physical-names';
import type { Resource } from './resource';
import { type Stack, TemplateError } from './stack-template';

/** The stacks of a cloud assembly. */
export class Assembly {
  readonly folder: string;
  /** The resources of all stacks, in the templates' order. */
  readonly resources: readonly Resource[];
  readonly #assetPaths: ReadonlyMap<string, string>;

  constructor(folder: string, { stacks, assetPaths }: AssemblyFiles) {
    this.folder = folder;
    this.resources = resourcesOf(stacks);
    this.#assetPaths = assetPaths;
  }

  ofType(type: string): readonly Resource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /**
   * The resources of a type that must be there.
   *
   * @throws TemplateError if there is none
   */
  required(type: string): readonly Resource[] {
    const resources = this.ofType(type);
    if (resources.length > 0) return resources;
    throw new TemplateError(`the stacks in ${this.folder} have no ${type}`);
  }

  /**
   * The folder (or file) of an asset, by the key that its stack's template names.
   *
   * @throws TemplateError if no assets manifest has it
   */
  assetPath(s3Key: string): string {
    const path = this.#assetPaths.get(s3Key);
    if (path !== undefined) return path;
    throw new TemplateError(`no assets manifest names ${s3Key}; run "npm run synth" again`);
  }
}

/**
 * Reads the synthesized stacks of a `cdk.out` folder, with those of nested stages.
 *
 * @throws TemplateError if the folder holds no cloud assembly or no stack
 */
export function readAssembly(folder: string, options: AssemblyOptions = {}): Assembly {
  const files = new AssemblyFiles(options);
  files.collect(resolve(folder));
  if (files.stacks.length === 0) {
    throw new TemplateError(`${folder} holds no stack to run; run "npm run synth" first`);
  }
  return new Assembly(resolve(folder), files);
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
      arn: arnOf({ stack, logicalId, type: Type }),
      property: (name: string) =>
        resolver.resolve({ stack, resource: logicalId, property: name }, Properties[name]),
    })),
  );
}
