import { dev } from '../../../lib/stages/dev';
import { stageConfig } from '../../../lib/stages/stage-config';
import { formatDecimal } from '../../../lambdas/shared/domain/decimal';
import { totalOf } from '../../../ops/cost/cost-line';
import { queriesCost } from '../../../ops/cost/queries-cost';
import { resourcesOf } from '../../../ops/stages/stage-resources';

test('a million queries of 500 candles are priced by what they read, run and send', () => {
  const cost = queriesCost(resourcesOf(dev));
  const lines = cost?.lines.map(({ what, usd }) => `${what}: ${formatDecimal(usd)}`);
  expect(lines).toEqual([
    '150.0 GB of rows by public addresses: 1.50',
    '0.0 GB between zones: 0.00',
    '14.0 GB out to the internet: 1.26',
    'query: 1.00 M runs of 60 ms, 512 MB arm64: 0.60',
    '0.00 M writes: 0.00',
    '40.00 M reads: 5.00',
    '1.3 GB of logs of functions: 0.65',
  ]);
  expect(formatDecimal(totalOf(cost?.lines ?? []))).toBe('9.01');
});

test('a stage that cannot be asked has no cost of queries', () => {
  const stage = stageConfig({ ...dev, queryApi: { kind: 'none' } });
  expect(queriesCost(resourcesOf(stage))).toBeUndefined();
});
