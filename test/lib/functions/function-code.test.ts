import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { functionCode } from '../../../lib/functions/function-code';
import { pairsFile } from '../../../lib/functions/pairs-beside-code';
import { exchangesVariable } from '../../../lib/stages/exchanges-variable';
import {
  type ExchangeSetting,
  usualExchange,
} from '../../../lib/stages/settings/exchange-settings';
import { readAssembly } from '../../../local/emulator/template/assembly';
import { ENVIRONMENT } from '../../fakes/environment';

const LIMIT_MS = 120_000;
let outdir: string;

beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), 'function-code-'));
});

afterEach(() => rmSync(outdir, { recursive: true }));

const pairsOf = (prefix: string) =>
  Array.from({ length: 1_000 }, (_, index) => `${prefix}${index}_USDT`);
const GATE_IO = usualExchange('gate-io', pairsOf('GATE'));
const BINANCE = usualExchange('binance', pairsOf('BIN'));

/** Synthesizes fetch as it follows some exchanges. @returns the folder of its code */
function synthesizedFetch(name: string, exchanges: readonly ExchangeSetting[]): string {
  const app = new App({ outdir: join(outdir, name) });
  new Function(new Stack(app, 'Any'), 'Fetch', {
    code: functionCode('fetch', pairsFile(exchanges)),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_22_X,
  });
  const assembly = readAssembly(app.synth().directory);
  const [fetch] = assembly.required('AWS::Lambda::Function');
  return assembly.assetPath((fetch?.property('Code') as { S3Key: string }).S3Key);
}

/** Loads the code in a process of its own. */
function loaded(folder: string, exchanges: readonly ExchangeSetting[]) {
  const script = `process.stdout.write(typeof require('./index.js').handler)`;
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      ...ENVIRONMENT,
      EXCHANGES: exchangesVariable(exchanges, (requests) => requests),
      BEHIND_MINUTES: '5',
      SCHEDULE_MINUTES: '1',
      SILENT_AFTER_MINUTES: '1440',
      POWERTOOLS_SERVICE_NAME: 'test',
      POWERTOOLS_METRICS_NAMESPACE: 'Candlestream',
    },
  });
  return { stdout, stderr };
}

test(
  'two thousand pairs of two exchanges stand beside the code, which reads them',
  () => {
    const folder = synthesizedFetch('both', [GATE_IO, BINANCE]);
    expect(readdirSync(folder).sort()).toEqual(['index.js', 'pairs.json']);
    expect(loaded(folder, [GATE_IO, BINANCE])).toEqual({ stdout: 'function', stderr: '' });

    const okx = usualExchange('okx', ['BTC_USDT']);
    expect(loaded(folder, [GATE_IO, BINANCE, okx]).stderr).toContain(
      `InvalidPairsFileError: The pairs to follow are not in ${join(folder, 'pairs.json')}: it has no pairs of okx, which EXCHANGES names (it has those of gate-io, binance)`,
    );
  },
  LIMIT_MS,
);

test(
  'other pairs are other code, so that a deployment updates the function; the same pairs are the same',
  () => {
    const before = synthesizedFetch('before', [BINANCE]);
    const same = synthesizedFetch('same', [BINANCE]);
    const other = synthesizedFetch('other', [
      usualExchange('binance', [...BINANCE.pairs.slice(1), 'NEW_USDT']),
    ]);
    const hashOf = (folder: string) => folder.split('asset.')[1];
    expect(hashOf(same)).toBe(hashOf(before));
    expect(hashOf(other)).not.toBe(hashOf(before));
  },
  LIMIT_MS,
);
