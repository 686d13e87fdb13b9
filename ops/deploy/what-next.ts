import { pairsByName } from '../../lambdas/shared/domain/followed/pair-patterns';
import { bucketOf } from '../../lambdas/shared/domain/interval';
import type { Market } from '../../lambdas/shared/domain/market';
import { KEYSPACES_PORT, keyspacesHost } from '../../lib/naming/keyspaces-endpoint';
import { keyspaceName } from '../../lib/naming/stage-names';
import type { StageConfig } from '../../lib/stages/stage-config';

/** Instructions for seeing candles arrive once a stage is deployed: a few lines, with commands to paste. */
export function whatNext(stage: StageConfig, region: string, nowMs: number): string {
  const market = namedMarket(stage);
  return [
    'The first candles arrive within a few minutes. To see them:',
    `- dashboard: https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/Candlestream-${stage.name}`,
    `- logs:      ${tailLogs(stage, region)}`,
    ...(market === undefined
      ? []
      : [`- candles:   ${queryCandles(stage, market, { region, nowMs })}`]),
    '',
  ].join('\n');
}

/** The name of a log group ends with letters that CloudFormation chooses. */
function tailLogs({ name }: StageConfig, region: string): string {
  const find = `aws logs describe-log-groups --region ${region} --log-group-name-prefix Candlestream-${name}-Pipeline-PersistLogs --query logGroups[0].logGroupName --output text`;
  return `aws logs tail "$(${find})" --region ${region} --follow`;
}

/** The first market that is followed by its name: which ones a pattern finds, only the exchange knows. */
function namedMarket({ exchanges }: StageConfig): Market | undefined {
  const [first] = exchanges.flatMap(({ kind: exchange, pairs }) =>
    pairsByName(pairs).map((pair) => ({ exchange, pair })),
  );
  return first;
}

function queryCandles(
  { name, database }: StageConfig,
  { exchange, pair }: Market,
  { region, nowMs }: { readonly region: string; readonly nowMs: number },
): string {
  const bucket = bucketOf('1m', nowMs);
  const keyspace = database.kind === 'keyspaces' ? keyspaceName(name) : database.keyspace;
  const query = `SELECT open_time, open, high, low, close FROM ${keyspace}.candles WHERE exchange = '${exchange}' AND pair = '${pair}' AND interval = '1m' AND bucket = '${bucket}' LIMIT 5`;
  const connect =
    database.kind === 'keyspaces'
      ? `cqlsh-expansion.init && cqlsh-expansion ${keyspacesHost(region, 'amazonaws.com')} ${KEYSPACES_PORT} --ssl`
      : `cqlsh ${(database.contactPoints[0] ?? '').replace(':', ' ')}`;
  return `${connect} --execute "${query}"`;
}
