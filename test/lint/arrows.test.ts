import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

type Import = readonly [file: string, imported: string];

const FORBIDDEN: readonly Import[] = [
  ['lambdas/shared/domain/plan.ts', '../codec/wire-format'],
  ['lambdas/shared/domain/plan.ts', '../adapters/exchanges/gate-io'],
  ['lambdas/shared/domain/plan.ts', '../../fetch/observe-tick'],
  ['lambdas/shared/codec/wire-format.ts', '../adapters/exchanges/gate-io'],
  ['lambdas/shared/adapters/exchanges/gate-io.ts', '../../../fetch/observe-tick'],
  ['lambdas/fetch/observe-tick.ts', '../shared/adapters/exchanges/gate-io'],
  ['lambdas/transform/roll-up-batch.ts', '../shared/adapters/kafka/kafka-log'],
  ['lambdas/persist/store-batch.ts', '../shared/adapters/database/candle-store'],
  ['lambdas/fetch/handler.ts', '../../lib/bundling/bundle-function'],
  ['lambdas/fetch/handler.ts', '../../local/exchange/exchange-server'],
  ['lambdas/shared/adapters/exchanges/gate-io.ts', '../../../../local/exchange/exchange-server'],
];

const ALLOWED: readonly Import[] = [
  ['lambdas/shared/codec/wire-format.ts', '../domain/plan'],
  ['lambdas/shared/adapters/exchanges/gate-io.ts', '../../codec/wire-format'],
  ['lambdas/fetch/observe-tick.ts', '../shared/codec/segment-codec'],
  ['lambdas/fetch/handler.ts', '../shared/adapters/exchanges/gate-io'],
  ['lambdas/fetch/environment.ts', '../shared/adapters/environment'],
];

function refusedOf(imports: readonly Import[]): unknown {
  const script = join(__dirname, 'lint-imports.mjs');
  const answer = execFileSync(process.execPath, [script, JSON.stringify(imports)], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  return JSON.parse(answer);
}

it('the lint rule refuses the imports against the arrows, and no others', () => {
  expect(refusedOf([...FORBIDDEN, ...ALLOWED])).toEqual(FORBIDDEN);
}, 60_000);
