import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { addStage } from '../../lib/candlestream';
import type { StageConfig } from '../../lib/stages/stage-config';
import { unbundledApp } from '../../lib/unbundled-app';

/** A resource of a synthesized template. */
export interface StageResource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: unknown;
}

/** What a stage's synthesized templates have. */
export interface StageTemplates {
  readonly resources: readonly StageResource[];
  /** Names that other stacks import by. */
  readonly exports: readonly string[];
}

const Template = v.object({
  Resources: v.record(
    v.string(),
    v.object({ Type: v.string(), Properties: v.optional(v.unknown(), {}) }),
  ),
  Outputs: v.optional(
    v.record(v.string(), v.object({ Export: v.optional(v.object({ Name: v.string() })) })),
    {},
  ),
});

/** Lists the resources of a stage. */
export function resourcesOf(stage: StageConfig): readonly StageResource[] {
  return synthesizedTemplates(stage).resources;
}

/** Synthesizes the stacks of a stage, without bundles. */
export function synthesizedTemplates(stage: StageConfig): StageTemplates {
  const outdir = mkdtempSync(join(tmpdir(), 'candlestream-cost-'));
  try {
    const app = unbundledApp(outdir);
    addStage(app, stage);
    const { stacks } = app.synth();
    return {
      resources: stacks.flatMap(({ stackName, template }) => resourcesIn(stackName, template)),
      exports: stacks.flatMap(({ template }) => exportsIn(template)),
    };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

function resourcesIn(stack: string, template: unknown): StageResource[] {
  const { Resources } = v.parse(Template, template);
  return Object.entries(Resources).map(([logicalId, { Type: type, Properties: properties }]) => ({
    stack,
    logicalId,
    type,
    properties,
  }));
}

function exportsIn(template: unknown): string[] {
  const { Outputs } = v.parse(Template, template);
  return Object.values(Outputs).flatMap(({ Export }) => Export?.Name ?? []);
}

/** The resources of a type. */
export function ofType(resources: readonly StageResource[], type: string): StageResource[] {
  return resources.filter((resource) => resource.type === type);
}
