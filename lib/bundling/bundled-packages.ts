import type { Metafile } from 'esbuild';

/** The packages of which some code is in the output of a build, by name, in alphabetical order. */
export function bundledPackages({ outputs }: Metafile): string[] {
  const files = Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) =>
      bytesInOutput > 0 ? [file] : [],
    ),
  );
  return [...new Set(files.flatMap((file) => packageOf(file) ?? []))].sort();
}

/** The package that a file belongs to: the innermost one, if one holds another. */
function packageOf(file: string): string | undefined {
  const [, inner] = /.*\bnode_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file) ?? [];
  return inner;
}
