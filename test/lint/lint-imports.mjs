// Lints imports that nobody wrote. The request is JSON:
//   {"imports": [[file, imported], ...]}  prints those that the rule of the arrows refuses
//   {"rooms": [type, ...]}                has each room import every room after it, and prints
//                                         `{rooms, allowed}`: the rooms of the configuration, and
//                                         the pairs [from, to] that were not refused
// A process of its own: ESLint loads its configuration as an ES module.
import { readdirSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { ESLint } from 'eslint';

const ROOT = resolve(import.meta.dirname, '../..');
/** These may import more than their room. */
const EXCEPTIONS = ['environment.ts', 'handler.ts'];

const eslint = new ESLint({
  cwd: ROOT,
  ruleFilter: ({ ruleId }) => ruleId.startsWith('boundaries/'),
  // The arrows need no types.
  overrideConfig: [{ languageOptions: { parserOptions: { projectService: false } } }],
});

/** For each imported path, whether the rule refuses it in the file. */
async function refusals(file, imported) {
  const code = imported.map((path) => `import '${path}';\n`).join('');
  const [{ messages }] = await eslint.lintText(code, { filePath: resolve(ROOT, file) });
  const lines = new Set(
    messages.filter(({ ruleId }) => ruleId === 'boundaries/dependencies').map(({ line }) => line),
  );
  return imported.map((_, index) => lines.has(index + 1));
}

async function refusedOf(imports) {
  const refused = await Promise.all(imports.map(([file, path]) => refusals(file, [path])));
  return imports.filter((_, index) => refused[index][0]);
}

async function roomsOf() {
  const { settings } = await eslint.calculateConfigForFile(resolve(ROOT, 'bin/candlestream.ts'));
  return new Map(settings['boundaries/elements'].map(({ type, pattern }) => [type, pattern]));
}

/** A file of a room, of its own folder rather than of one below it. */
function fileIn(pattern) {
  const folder = pattern.replace(/\/\*$/, '');
  const depth = (file) => file.split(sep).length;
  const [file] = readdirSync(join(ROOT, folder), { recursive: true })
    .filter((name) => name.endsWith('.ts') && !EXCEPTIONS.includes(basename(name)))
    .sort((a, b) => depth(a) - depth(b));
  if (file === undefined) throw new Error(`There is no code in ${pattern}`);
  return join(folder, file);
}

function importPath(from, to) {
  const path = relative(dirname(from), to).replace(/\.ts$/, '');
  return path.startsWith('.') ? path : `./${path}`;
}

async function allowedOf(rooms, patterns) {
  const files = rooms.map((room) => fileIn(patterns.get(room)));
  const allowed = [];
  for (const [index, from] of files.entries()) {
    const above = files.slice(index + 1);
    const refused = await refusals(
      from,
      above.map((to) => importPath(from, to)),
    );
    above.forEach((_, step) => {
      if (!refused[step]) allowed.push([rooms[index], rooms[index + 1 + step]]);
    });
  }
  return allowed;
}

const { imports, rooms } = JSON.parse(process.argv[2]);
if (imports !== undefined) process.stdout.write(JSON.stringify(await refusedOf(imports)));
if (rooms !== undefined) {
  const patterns = await roomsOf();
  const allowed = await allowedOf(rooms, patterns);
  process.stdout.write(JSON.stringify({ rooms: [...patterns.keys()], allowed }));
}
