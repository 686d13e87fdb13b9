import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { tableLines } from '../../../cli/text-table';

const TemplateResource = v.object({
  Type: v.string(),
  Properties: v.optional(v.record(v.string(), v.unknown()), {}),
});

/** As much of a CloudFormation template as is compared. */
const Template = v.object({ Resources: v.record(v.string(), TemplateResource) });
export type Template = v.InferInput<typeof Template>;

/** What differs between the templates of two stages, of all resources of a type. */
export interface TemplateDifference {
  readonly stack: string;
  readonly type: string;
  /** `left out` and `added` are whole resources; else a property, such as `Environment.Variables.PAIRS`. */
  readonly what: string;
  /** Of how many resources. */
  readonly resources: number;
}

/** The stacks of a stage. */
export const STACKS = ['Data', 'Pipeline'] as const;

/** A stage, and its templates by the ends of their names. */
export interface StageTemplates {
  readonly stage: string;
  readonly templates: Readonly<Record<(typeof STACKS)[number], unknown>>;
}

/** Properties are compared this deep: `Environment.Variables.PAIRS`. */
const DEEPEST = 3;

/**
 * How a stage's templates differ from another's: what a stage is called does
 * not count, and neither does a bundle's hash.
 */
export function templateDifferences(from: StageTemplates, to: StageTemplates) {
  const found = STACKS.flatMap((stack) => {
    const [before, after] = [resourcesOf(from, stack), resourcesOf(to, stack)];
    const ids = [...new Set([...before.keys(), ...after.keys()])];
    return ids.flatMap((id) => differencesOf(stack, before.get(id), after.get(id)));
  });
  return counted(found);
}

/** The templates of a stage in a cloud assembly. */
export function readStageTemplates(folder: string, stage: string): StageTemplates {
  const read = (stack: string): unknown =>
    JSON.parse(readFileSync(join(folder, `Candlestream-${stage}-${stack}.template.json`), 'utf8'));
  return { stage, templates: { Data: read('Data'), Pipeline: read('Pipeline') } };
}

/** The differences as a table. */
export function differenceTable(differences: readonly TemplateDifference[]): string {
  const columns = ['stack', 'type', 'what', 'resources'].map(
    (heading) => ({ heading, align: heading === 'resources' ? 'right' : 'left' }) as const,
  );
  const rows = differences.map(({ stack, type, what, resources }) => [
    ...[stack, type, what, String(resources)],
  ]);
  return tableLines(columns, rows).join('\n');
}

type Found = Omit<TemplateDifference, 'resources'>;
type TemplateResource = v.InferOutput<typeof TemplateResource>;

function resourcesOf(
  { stage, templates }: StageTemplates,
  stack: (typeof STACKS)[number],
): Map<string, TemplateResource> {
  const text = JSON.stringify(templates[stack])
    .replaceAll(`Candlestream-${stage}`, 'Candlestream-STAGE')
    .replaceAll(`Candlestream/${stage}`, 'Candlestream/STAGE')
    .replaceAll(`candlestream-${stage}`, 'candlestream-STAGE')
    // The name of the rule's permission has those of the stack, and a hash of them.
    .replace(new RegExp(`(Candlestream)${stage}(Pipeline[A-Za-z]+?)(?:[0-9A-F]{8})+`, 'g'), '$1$2')
    .replace(/\b[0-9a-f]{64}\.zip\b/g, 'bundle.zip');
  return new Map(Object.entries(v.parse(Template, JSON.parse(text)).Resources));
}

function differencesOf(
  stack: string,
  before?: TemplateResource,
  after?: TemplateResource,
): Found[] {
  const type = before?.Type ?? after?.Type ?? '';
  if (after === undefined) return [{ stack, type, what: 'left out' }];
  if (before === undefined) return [{ stack, type, what: 'added' }];
  if (before.Type !== after.Type) {
    return [...differencesOf(stack, before), ...differencesOf(stack, undefined, after)];
  }
  return changedPaths(before.Properties, after.Properties).map((what) => ({ stack, type, what }));
}

function changedPaths(before: unknown, after: unknown, path: readonly string[] = []): string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (path.length === DEEPEST || !isPlain(before) || !isPlain(after)) return [path.join('.')];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => changedPaths(before[key], after[key], [...path, key]));
}

/** An object of properties: neither a list nor a `Ref` or `Fn::...`. */
function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return !Object.keys(value).some((key) => key === 'Ref' || key.startsWith('Fn::'));
}

function counted(found: readonly Found[]): TemplateDifference[] {
  const counts = new Map<string, TemplateDifference>();
  for (const one of found) {
    const key = [one.stack, one.type, one.what].join(' ');
    counts.set(key, { ...one, resources: (counts.get(key)?.resources ?? 0) + 1 });
  }
  return [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}
