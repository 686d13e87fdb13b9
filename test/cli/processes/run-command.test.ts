import { CommandTimeoutError, runCommand } from '../../../cli/processes/run-command';

const NODE = process.execPath;

test('a command has the given variables, and its lines are passed on as they come', async () => {
  const lines: string[] = [];
  const script =
    'console.log("a\\nb" + process.env.CS_TEST); console.error("c"); process.exitCode = 3';
  const result = await runCommand(NODE, ['-e', script], {
    ...{ timeoutMs: 30_000, environment: { CS_TEST: '!' } },
    onLine: (line) => lines.push(line),
  });
  expect(result).toEqual({ exitCode: 3, stdout: 'a\nb!\n', stderr: 'c\n' });
  expect(lines.toSorted()).toEqual(['a', 'b!', 'c']);
});

test('a program that is not there is named', async () => {
  await expect(runCommand('no-such-program', [], { timeoutMs: 1_000 })).rejects.toMatchObject({
    name: 'CommandNotFoundError',
    message: 'There is no program "no-such-program".',
  });
});

test('a command that takes too long is ended', async () => {
  const endless = runCommand(NODE, ['-e', 'setInterval(() => undefined, 1000)'], { timeoutMs: 50 });
  await expect(endless).rejects.toThrow(CommandTimeoutError);
});
