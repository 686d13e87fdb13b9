import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPageFiles } from '../../../lambdas/query/page-files';
import { bundlePage, type PageSize } from '../../../lib/bundling/bundle-page';

/** Of these, lightweight-charts takes 160 KB and 55 KB. */
const BUDGET: PageSize = { bytes: 250 * 1_024, gzipBytes: 80 * 1_024 };

let folder: string;
let size: PageSize;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bundle-page-'));
  size = await bundlePage(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

const read = (path: string): string => readFileSync(join(folder, path), 'utf8');

it('is a document and its assets, which are named after their content', () => {
  expect(readdirSync(folder).sort()).toEqual(['assets', 'index.html']);
  expect(readdirSync(join(folder, 'assets')).sort()).toEqual([
    expect.stringMatching(/^console\.\w{8}\.js$/),
    expect.stringMatching(/^notices\.\w{8}\.txt$/),
    expect.stringMatching(/^style\.\w{8}\.css$/),
  ]);
  for (const file of readdirSync(join(folder, 'assets'))) {
    expect(read('index.html')).toContain(`/assets/${file}"`);
  }
});

it('is within the budget', () => {
  const assets = readdirSync(join(folder, 'assets')).filter((file) => !file.startsWith('notices'));
  const files = ['index.html', ...assets.map((file) => `assets/${file}`)];
  const bytes = files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
  expect(size.bytes).toBe(bytes);
  expect(size.bytes).toBeLessThanOrEqual(BUDGET.bytes);
  expect(size.gzipBytes).toBeLessThanOrEqual(BUDGET.gzipBytes);
});

it('has nothing inline that a strict content security policy blocks, and no other host', () => {
  const html = read('index.html');
  expect(html).not.toMatch(/<style|style=|<script(?![^>]* src=)| on\w+=/);
  expect(html).not.toContain('{{');
  const hosts = html.match(/https?:\/\/[\w.]+/g) ?? [];
  // The namespace of SVG in the icon, which nothing is asked of.
  expect(hosts.filter((host) => host !== 'http://www.w3.org')).toEqual([]);
});

it('passes on the licences of what it is made of', () => {
  const [file = ''] = readdirSync(join(folder, 'assets')).filter((name) =>
    name.startsWith('notices'),
  );
  const notices = read(`assets/${file}`);
  expect(notices).toMatch(/^TradingView Lightweight Charts™\nCopyright/);
  expect(notices).toContain('Apache License');
  expect(notices).toContain('BSD 3-Clause License');
});

it('is the same each time', async () => {
  const other = mkdtempSync(join(tmpdir(), 'bundle-page-'));
  await bundlePage(other);
  expect(readdirSync(join(other, 'assets'))).toEqual(readdirSync(join(folder, 'assets')));
  rmSync(other, { recursive: true });
});

it('lies beside the function that serves it', () => {
  const asset = mkdtempSync(join(tmpdir(), 'bundle-asset-'));
  const script = join(__dirname, '../../../lib/bundling/bundle-asset.ts');
  execFileSync(process.execPath, ['--import', 'tsx', script, 'query', asset]);
  expect(readdirSync(asset).sort()).toEqual(['index.js', 'page']);
  expect(readPageFiles(join(asset, 'page')).get('/')?.contentType).toContain('text/html');
  rmSync(asset, { recursive: true });
}, 120_000);
