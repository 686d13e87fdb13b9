import { fullDiff, type ResourceDifference } from '@aws-cdk/cloudformation-diff';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tableLines } from '../../../cli/text-table';

/** One difference between the templates of two stages, of all resources of a type. */
export interface TemplateDifference {
  readonly stack: StackName;
  readonly type: string;
  /** `left out` and `added` are whole resources; else a property, such as `Environment.Variables.PAIRS`. */
  readonly what: string;
  /** The number of resources that differ in this way. */
  readonly resources: number;
}

/** The stacks of a stage. */
const STACK_NAMES = ['Data', 'Pipeline'] as const;
type StackName = (typeof STACK_NAMES)[number];

/** A stage, and the template of each of its stacks. */
export interface StageTemplates {
  readonly stage: string;
  readonly templates: Readonly<Record<StackName, object>>;
}

/** Properties are compared this deep: `Environment.Variables.PAIRS`. */
const MAX_DEPTH = 3;

/**
 * The differences of a stage's templates from another's. The names of the
 * stages do not count, and neither do the hashes of bundles.
 */
export function templateDifferences(from: StageTemplates, to: StageTemplates) {
  const found = STACK_NAMES.flatMap((stack) => {
    const { resources } = fullDiff(withoutStageName(from, stack), withoutStageName(to, stack));
    const changes = Object.values(resources.changes).flatMap(resourceChanges);
    return changes.map((change) => ({ stack, ...change }));
  });
  return counted(found);
}

/** Reads the templates of a stage from a cloud assembly. */
export function readStageTemplates(folder: string, stage: string): StageTemplates {
  const read = (stack: StackName): object => {
    const file = join(folder, `Candlestream-${stage}-${stack}.template.json`);
    return JSON.parse(readFileSync(file, 'utf8')) as object;
  };
  return { stage, templates: { Data: read('Data'), Pipeline: read('Pipeline') } };
}

/** Renders the differences as a table. */
export function differenceTable(differences: readonly TemplateDifference[]): string {
  const columns = ['stack', 'type', 'what', 'resources'].map(
    (heading) => ({ heading, align: heading === 'resources' ? 'right' : 'left' }) as const,
  );
  const rows = differences.map(({ stack, type, what, resources }) => {
    return [stack, type, what, String(resources)];
  });
  return tableLines(columns, rows).join('\n');
}

function withoutStageName({ stage, templates }: StageTemplates, stack: StackName): object {
  const text = JSON.stringify(templates[stack])
    .replaceAll(`Candlestream-${stage}`, 'Candlestream-STAGE')
    .replaceAll(`Candlestream/${stage}`, 'Candlestream/STAGE')
    .replaceAll(`candlestream-${stage}`, 'candlestream-STAGE')
    // The logical id of the rule's permission holds the stack's name twice, and a hash of it.
    .replace(new RegExp(`(Candlestream)${stage}(Pipeline[A-Za-z]+?)(?:[0-9A-F]{8})+`, 'g'), '$1$2')
    .replace(/\b[0-9a-f]{64}\.zip\b/g, 'bundle.zip');
  return JSON.parse(text) as object;
}

type ResourceChange = Pick<TemplateDifference, 'type' | 'what'>;

function resourceChanges(difference: ResourceDifference): ResourceChange[] {
  const { isAddition, isRemoval, resourceTypeChanged, oldValue, newValue } = difference;
  if (isAddition || isRemoval || resourceTypeChanged) {
    const before = oldValue && { type: oldValue.Type, what: 'left out' };
    const after = newValue && { type: newValue.Type, what: 'added' };
    return [before, after].filter((change) => change !== undefined);
  }
  const updates = Object.entries(difference.propertyUpdates);
  return updates
    .flatMap(([name, update]) => changedPaths(update.oldValue, update.newValue, [name]))
    .map((what) => ({ type: difference.resourceType ?? '', what }));
}

function changedPaths(before: unknown, after: unknown, path: readonly string[]): string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (path.length === MAX_DEPTH || !isProperties(before) || !isProperties(after)) {
    return [path.join('.')];
  }
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => changedPaths(before[key], after[key], [...path, key]));
}

/** An object of properties: neither a list nor a `Ref` or `Fn::...`. */
function isProperties(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return !Object.keys(value).some((key) => key === 'Ref' || key.startsWith('Fn::'));
}

function counted(changes: readonly Omit<TemplateDifference, 'resources'>[]): TemplateDifference[] {
  const counts = new Map<string, TemplateDifference>();
  for (const change of changes) {
    const key = [change.stack, change.type, change.what].join(' ');
    counts.set(key, { ...change, resources: (counts.get(key)?.resources ?? 0) + 1 });
  }
  return [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, difference]) => difference);
}
