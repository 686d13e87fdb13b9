/** Failures that a server's log names among much else, and what to do about each. */
const KNOWN_CAUSES: readonly (readonly [cause: RegExp, remedy: string])[] = [
  [/No space left on device|Disk quota exceeded/, 'free some disk space'],
  [/OutOfMemoryError(?:: [^\n]+)?|Cannot allocate memory/, 'free some memory'],
  [/Too many open files/, 'raise the limit ("ulimit -n")'],
  [/Address already in use/, 'stop the server that has the port'],
  [/Permission denied|AccessDeniedException(?:: [^\n]+)?/, 'give this user access to it'],
];

/**
 * The cause of an end, in one line: "No space left on device (free some disk
 * space)". Otherwise the last exception without its stack trace; undefined if
 * the log names none.
 */
export function logCause(lastLogLines: string): string | undefined {
  for (const [pattern, remedy] of KNOWN_CAUSES) {
    const found = pattern.exec(lastLogLines);
    if (found) return `${found[0]} (${remedy})`;
  }
  const exceptions = lastLogLines
    .split('\n')
    .filter((line) => !/^\s+at /.test(line))
    .flatMap((line) => /\b(?:[\w$]+\.)*\w+(?:Exception|Error): .+/.exec(line)?.[0] ?? []);
  return exceptions.at(-1);
}
