/** The exports of a deployment. */
interface Exports {
  readonly stage: string;
  /** Names that its stacks export. */
  readonly names: readonly string[];
}

/** A name that a deployed stack imports. */
export interface Import {
  /** The stack that imports it. */
  readonly stack: string;
  readonly name: string;
}

/**
 * Problems of a deployment that takes away what a deployed stack imports: the stack that exports it
 * is updated first, and CloudFormation refuses to remove an export in use.
 */
export function exportProblems({ stage, names }: Exports, imports: readonly Import[]): string[] {
  const kept = new Set(names);
  return imports
    .filter(({ name }) => !kept.has(name))
    .map(
      ({ stack, name }) =>
        `${stack} imports ${name}, which the data stack would no longer export: keep it for one deployment with this.exportValue(...) in lib/data-stack.ts, and take it out with the next; or delete ${stack} first, which holds no data, with npx cdk destroy ${stack} --exclusively -c stage=${stage}`,
    );
}

/** The names that a part of a template imports, each once. */
export function importedNames(part: unknown): string[] {
  return [...new Set(namesIn(part))];
}

function namesIn(part: unknown): string[] {
  if (part === null || typeof part !== 'object') return [];
  return Object.entries(part).flatMap(([key, value]: [string, unknown]) =>
    key === 'Fn::ImportValue' && typeof value === 'string' ? [value] : namesIn(value),
  );
}
