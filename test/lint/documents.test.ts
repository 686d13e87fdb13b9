import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WRITTEN_VERSIONS } from '../../lambdas/shared/codec/schema-versions';
import { TOPICS } from '../../lambdas/shared/domain/topics';

const ROOT = join(__dirname, '..', '..');
const PATH =
  /^(?:\.ci|\.github|bin|cli|console|docs|lambdas|lib|local|ops|schemas|test)\/[\w./-]*$/;

/** The paths of the project that a text names in backticks, in links and at the start of a line. */
function pathsIn(text: string): string[] {
  const names = [
    ...text.matchAll(/`([^`\n]+)`/g),
    ...text.matchAll(/\]\(([^)#]+)[^)]*\)/g),
    ...text.matchAll(/^(\S+\/\S*) {2}/gm),
    ...text.matchAll(/ {2}(lib\/\S*\/) {2}/g),
  ];
  return names.map(([, name = '']) => name).filter((name) => PATH.test(name));
}

test.each([
  'README.md',
  'CONTRIBUTING.md',
  'docs/runbook.md',
  'docs/cost.md',
  'docs/figures.md',
  'docs/untried.md',
])('every path that %s names is there', (document) => {
  const paths = pathsIn(readFileSync(join(ROOT, document), 'utf8'));
  expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test('the layout in README names every room of the lint rule', () => {
  const rooms = readFileSync(join(ROOT, 'eslint.config.mjs'), 'utf8').matchAll(
    /pattern: '([\w/-]+)'/g,
  );
  const layout = readFileSync(join(ROOT, 'README.md'), 'utf8').split('\n## Layout\n')[1] ?? '';
  const named = pathsIn(layout).map((path) => path.replace(/\/$/, ''));
  const isNamed = (room: string) =>
    named.some((name) => name === room || name.startsWith(`${room}/`));
  expect([...rooms].map(([, room = '']) => room).filter((room) => !isNamed(room))).toEqual([]);
});

test('README reads a topic by the schema version that is written', () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const opened = [...readme.matchAll(/open\("schemas\/([\w.-]+)\.v(\d+)\.json"\)/g)];

  expect(opened.map(([, topic, version]) => [topic, Number(version)])).toEqual([
    [TOPICS.rolled, WRITTEN_VERSIONS[TOPICS.rolled]],
  ]);
});
