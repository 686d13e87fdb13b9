import { VERSION_IDS } from '../../fakes/records';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUDGET_BYTES, bundleFunction } from '../../../lib/bundling/bundle-function';
import { PAIRS_FILE } from '../../../lambdas/shared/adapters/pairs-file';
import { ALL_FUNCTIONS } from '../../../lib/naming/function-names';

const ENVIRONMENT = {
  AWS_REGION: 'eu-west-1',
  KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:1',
  CASSANDRA_CONTACT_POINTS: '127.0.0.1:1',
  CASSANDRA_LOCAL_DATA_CENTER: 'datacenter1',
  CASSANDRA_AUTHENTICATION: 'none',
  CASSANDRA_KEYSPACE: 'candlestream',
  SCHEMA_VERSION_IDS: JSON.stringify(VERSION_IDS),
  STAGE: 'dev',
  EXCHANGES: JSON.stringify({
    'gate-io': {
      url: 'http://127.0.0.1:1/api/v4',
      archiveUrl: 'http://127.0.0.1:1',
      requestsPer10Seconds: 180,
      expectedMarkets: 1,
      retentionMinutes: 9_900,
    },
  }),
  HISTORY_START: '2026-01-01',
  BEHIND_MINUTES: '5',
  SCHEDULE_MINUTES: '1',
  SILENT_AFTER_MINUTES: '1440',
  BATCH_FAILURES: 'throw',
  OPEN_WINDOWS_EVERY_MINUTES: '1',
  POWERTOOLS_SERVICE_NAME: 'test',
  POWERTOOLS_METRICS_NAMESPACE: 'Candlestream',
};

describe.each(ALL_FUNCTIONS)('the bundle of %s', (name) => {
  let folder: string;
  let bytes: number;
  let text: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), `bundle-${name}-`));
    bytes = await bundleFunction(name, folder);
    text = readFileSync(join(folder, 'index.js'), 'utf8');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is one file within the budget', () => {
    expect(readdirSync(folder)).toEqual(['index.js']);
    expect(Buffer.byteLength(text)).toBe(bytes);
    expect(bytes).toBeLessThanOrEqual(BUDGET_BYTES);
  });

  it('loads in a fresh process, without node_modules beside it', () => {
    writeFileSync(join(folder, PAIRS_FILE), '{"gate-io":["BTC_USDT"]}');
    const script = `process.stdout.write(typeof require('./index.js').handler)`;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', script], {
      cwd: folder,
      env: ENVIRONMENT,
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'function', stderr: '' });
  });

  it('leaves out what it never uses', () => {
    // What it does use is in it as written, so that the absences below say something.
    expect(text.includes('KafkaJSConnectionError')).toBe(name !== 'query');
    expect(text).toContain('NoHostAvailableError');
    for (const sign of [
      'GraphSON',
      'POLYGON',
      'RoundRobinAssigner',
      'AdmZip',
      'InsightsRpc',
      'ModelMapper',
      'Name of the exchange, such as gate-io',
    ]) {
      expect({ sign, found: text.includes(sign) }).toEqual({ sign, found: false });
    }
  });
});
