import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPageFiles } from '../../../lambdas/query/page-files';
import { bundle } from '../../../lib/bundling/bundle';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bundle-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

it('has the page beside the function that serves it, which reads it', async () => {
  await bundle('query', folder);
  expect(readdirSync(folder).sort()).toEqual(['index.js', 'page']);
  const files = readPageFiles(join(folder, 'page'));
  expect(files.get('/')?.contentType).toBe('text/html; charset=utf-8');
  expect(
    [...files.keys()].filter((path) => /^\/assets\/\w+\.\w+\.(js|css)$/.test(path)),
  ).toHaveLength(2);
});

it('has no page beside another function', async () => {
  await bundle('persist', folder);
  expect(existsSync(join(folder, 'page'))).toBe(false);
});
