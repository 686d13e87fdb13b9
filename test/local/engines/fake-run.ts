import {
  CommandNotFoundError,
  type CommandResult,
  type RunCommand,
} from '../../../cli/processes/run-command';

/** A command's answer, or what it throws; `missing` is a program that is not there. */
export type FakeAnswer = Partial<CommandResult> | Error | 'missing';

export interface FakeRun {
  readonly run: RunCommand;
  /** Every command line that was run, in order. */
  readonly lines: string[];
}

/** Answers a command by the longest key that its line begins with; throws on one it does not know. */
export function fakeRun(
  answers: Record<string, FakeAnswer | ((args: readonly string[]) => Promise<FakeAnswer>)>,
): FakeRun {
  const lines: string[] = [];
  const run: RunCommand = async (file, args) => {
    const line = [file, ...args].join(' ');
    lines.push(line);
    const keys = Object.keys(answers).filter((key) => line.startsWith(key));
    const found = answers[keys.sort((a, b) => b.length - a.length)[0] ?? ''];
    if (found === undefined) throw new Error(`unexpected command: ${line}`);
    const answer = typeof found === 'function' ? await found(args) : found;
    if (answer === 'missing') throw new CommandNotFoundError(`There is no program "${file}".`);
    if (answer instanceof Error) throw answer;
    return { exitCode: 0, stdout: '', stderr: '', ...answer };
  };
  return { run, lines };
}
