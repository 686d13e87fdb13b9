import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A resource of a CloudFormation template. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
  readonly Metadata?: Record<string, unknown>;
}

/** The parts of a CloudFormation template that a test needs. */
export interface SmallTemplate {
  readonly Parameters?: Record<string, unknown>;
  readonly Resources: Record<string, TemplateResource>;
  readonly Outputs?: Record<string, unknown>;
}

/** Writes a cloud assembly as the CDK does and gives its folder. */
export function writeAssembly(
  stacks: Readonly<Record<string, SmallTemplate>>,
  assets: Readonly<Record<string, string>> = {},
): string {
  const folder = mkdtempSync(join(tmpdir(), 'assembly-'));
  const artifacts: Record<string, unknown> = { Tree: { type: 'cdk:tree' } };
  for (const [name, template] of Object.entries(stacks)) {
    const [templateFile, file] = [`${name}.template.json`, `${name}.assets.json`];
    writeFileSync(join(folder, templateFile), JSON.stringify(template));
    writeFileSync(join(folder, file), JSON.stringify(assetsManifest(assets)));
    artifacts[`${name}.assets`] = { type: 'cdk:asset-manifest', properties: { file } };
    artifacts[name] = { type: 'aws:cloudformation:stack', properties: { templateFile } };
  }
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ version: '48.0.0', artifacts }));
  for (const path of Object.values(assets)) mkdirSync(join(folder, path), { recursive: true });
  return folder;
}

function assetsManifest(assets: Readonly<Record<string, string>>): object {
  const files: Record<string, unknown> = {};
  for (const [objectKey, path] of Object.entries(assets)) {
    files[objectKey] = { source: { path }, destinations: { here: { objectKey } } };
  }
  return { version: '48.0.0', files };
}
