import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundledPackages } from '../../../lib/bundling/bundled-packages';
import { noticeText } from '../../../lib/bundling/notice';

test('NOTICE has the licences of all that is bundled; npm run notice writes it anew', async () => {
  const notice = readFileSync(join(__dirname, '../../../NOTICE'), 'utf8');
  expect(notice).toBe(await noticeText());
  for (const name of ['avsc (MIT)', 'cassandra-driver (Apache-2.0)', 'lit-html (BSD-3-Clause)']) {
    expect(notice).toContain(name);
  }
});

test('a package is one that some code of a bundle comes from', () => {
  const from = (bytesInOutput: number) => ({ bytesInOutput });
  const output = {
    bytes: 1,
    imports: [],
    exports: [],
    inputs: {
      'lambdas/fetch/handler.ts': from(10),
      'node_modules/avsc/lib/index.js': from(10),
      'node_modules/avsc/lib/types.js': from(10),
      'node_modules/@scope/outer/node_modules/@scope/inner/index.js': from(1),
      'node_modules/shaken-off/index.js': from(0),
    },
  };
  expect(bundledPackages({ inputs: {}, outputs: { 'index.js': output } })).toEqual([
    '@scope/inner',
    'avsc',
  ]);
});
