import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundlePage } from '../../lib/bundling/bundle-page';
import { FakeQueryApi } from './fake-query-api';
import { generatedMarkets, generatedRun } from './generated-markets';

// Serves the console page with generated markets, to work on it: `npx tsx test/console/serve.ts [port]`.

async function main(port: number): Promise<void> {
  const pageFolder = mkdtempSync(join(tmpdir(), 'console-page-'));
  await bundlePage(pageFolder);
  const now = (): number => Date.now();
  const run = () => generatedRun(now());
  const api = new FakeQueryApi({ pageFolder, markets: generatedMarkets(), now, run });
  console.log(await api.start(port));
}

void main(Number(process.argv[2] ?? '0'));
