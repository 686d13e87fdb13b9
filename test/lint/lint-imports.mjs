// Prints which of the imports, given as JSON `[[file, imported], ...]`, the lint rule of the
// arrows refuses. A process of its own: ESLint loads its config as an ES module.
import { resolve } from 'node:path';
import { ESLint } from 'eslint';

const root = resolve(import.meta.dirname, '../..');
const eslint = new ESLint({
  cwd: root,
  ruleFilter: ({ ruleId }) => ruleId.startsWith('boundaries/'),
  // The arrows need no types.
  overrideConfig: [{ languageOptions: { parserOptions: { projectService: false } } }],
});

const refused = [];
for (const [file, imported] of JSON.parse(process.argv[2] ?? '[]')) {
  const [result] = await eslint.lintText(`import '${imported}';\n`, {
    filePath: resolve(root, file),
  });
  if (result.messages.some(({ ruleId }) => ruleId === 'boundaries/dependencies')) {
    refused.push([file, imported]);
  }
}
process.stdout.write(JSON.stringify(refused));
