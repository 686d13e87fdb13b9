import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPageFiles, UnknownPageFileError } from '../../../lambdas/query/page-files';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'candlestream-page-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

test('the page and its assets are read with their content types', () => {
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html>');
  writeFileSync(join(folder, 'assets', 'page.0a1b.js'), 'export {};');

  const files = readPageFiles(folder);

  expect([...files.keys()]).toEqual(['/', '/assets/page.0a1b.js']);
  expect(files.get('/')?.contentType).toBe('text/html; charset=utf-8');
  expect(files.get('/assets/page.0a1b.js')?.body.toString()).toBe('export {};');
});

test('a bundle without a page has no files', () => {
  expect(readPageFiles(join(folder, 'missing')).size).toBe(0);
});

test('a file of an unknown kind is refused', () => {
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '');
  writeFileSync(join(folder, 'assets', 'page.exe'), '');
  expect(() => readPageFiles(folder)).toThrow(UnknownPageFileError);
});
