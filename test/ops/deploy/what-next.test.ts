import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { addStage } from '../../../lib/candlestream';
import type { StageConfig } from '../../../lib/stages/stage-config';
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
