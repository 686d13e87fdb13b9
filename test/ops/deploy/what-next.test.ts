import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { addStage } from '../../../lib/candlestream';
import type { StageConfig } from '../../../lib/stages/stage-config';
import { usualExchange } from '../../../lib/stages/settings/exchange-settings';
import { dev } from '../../../lib/stages/dev';
import { whatNext } from '../../../ops/deploy/what-next';

const NOW_MS = Date.UTC(2026, 10, 23, 23, 59);

test('the dashboard and the log group are those of the stage', () => {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  const { pipeline } = addStage(app, dev);
  const template = Template.fromStack(pipeline);
  const dashboard = /#dashboards\/dashboard\/(\S+)/.exec(whatNext(dev, 'eu-west-1', NOW_MS))?.[1];
  template.hasResourceProperties('AWS::CloudWatch::Dashboard', {
    DashboardName: dashboard ?? 'none',
  });
  const groups = Object.keys(template.findResources('AWS::Logs::LogGroup'));
  const prefix = /--log-group-name-prefix (\S+)/.exec(whatNext(dev, 'eu-west-1', NOW_MS))?.[1];
  const names = groups.map((logicalId) => `${pipeline.stackName}-${logicalId}`);
  expect(names).toContainEqual(expect.stringMatching(`^${prefix ?? 'none'}`));
});

test('the candles are in Keyspaces of the region', () => {
  expect(whatNext(dev, 'eu-west-1', NOW_MS)).toMatch(
    /cqlsh-expansion cassandra\.eu-west-1\.amazonaws\.com 9142 --ssl --execute "SELECT .* FROM candlestream_dev\.candles .* bucket = '2026-11-23' LIMIT 5"/,
  );
});

test('the market of the query is the first that has a name of its own', () => {
  const patterns = usualExchange('binance', ['*_USDT']);
  const named = usualExchange('okx', ['*_EUR', 'BTC_USDT']);
  expect(whatNext({ ...dev, exchanges: [patterns, named] }, 'eu-west-1', NOW_MS)).toContain(
    "WHERE exchange = 'okx' AND pair = 'BTC_USDT' AND",
  );
  const unnamed = whatNext({ ...dev, exchanges: [patterns] }, 'eu-west-1', NOW_MS);
  expect(unnamed).not.toMatch(/candles:|SELECT|\*/);
});

test('or in the Cassandra that the stage names', () => {
  const database: StageConfig['database'] = {
    kind: 'existing',
    contactPoints: ['cassandra.test:9042'],
    localDataCenter: 'one',
    keyspace: 'candles',
  };
  expect(whatNext({ ...dev, database }, 'eu-west-1', NOW_MS)).toContain(
    'cqlsh cassandra.test 9042 --execute "SELECT open_time, open, high, low, close FROM candles.candles',
  );
});
