import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

type Import = readonly [file: string, imported: string];

const FORBIDDEN: readonly Import[] = [
  ['lambdas/shared/domain/plan.ts', '../codec/wire-format'],
  ['lambdas/shared/domain/plan.ts', '../adapters/exchanges/exchange'],
  ['lambdas/shared/domain/plan.ts', '../../fetch/observe-tick'],
  ['lambdas/shared/codec/wire-format.ts', '../adapters/exchanges/exchange'],
  ['lambdas/shared/adapters/exchanges/gate-io.ts', '../../../fetch/observe-tick'],
  ['lambdas/fetch/observe-tick.ts', '../shared/adapters/exchanges/exchange'],
  ['lambdas/transform/roll-up-batch.ts', '../shared/adapters/kafka/kafka-log'],
  ['lambdas/persist/store-batch.ts', '../shared/adapters/database/candle-store'],
  ['lambdas/shared/use-cases/noted-ban.ts', '../adapters/exchanges/exchange'],
  ['lambdas/shared/use-cases/noted-ban.ts', '../../fetch/observe-tick'],
  ['lambdas/fetch/handler.ts', '../../lib/bundling/bundle-function'],
  ['lambdas/fetch/handler.ts', '../../local/exchange/exchange-server'],
  ['lambdas/shared/adapters/exchanges/gate-io.ts', '../../../../local/exchange/exchange-server'],
];

/** A use case of each function. */
const USE_CASES = [
  'fetch/observe-tick',
  'transform/roll-up-batch',
  'persist/store-batch',
  'reconcile/reconcile-days',
  'query/answer-request',
];
/** No function knows another: each is deployed on its own. */
const BETWEEN_FUNCTIONS: readonly Import[] = USE_CASES.flatMap((importing) =>
  USE_CASES.filter((other) => other !== importing).map(
    (other) => [`lambdas/${importing}.ts`, `../${other}`] as const,
  ),
);

const ALLOWED: readonly Import[] = [
  ['lambdas/shared/codec/wire-format.ts', '../domain/plan'],
  ['lambdas/shared/adapters/exchanges/gate-io.ts', '../../codec/wire-format'],
  ['lambdas/fetch/observe-tick.ts', '../shared/codec/segment-codec'],
  ['lambdas/fetch/observe-tick.ts', '../shared/use-cases/noted-ban'],
  ['lambdas/fetch/handler.ts', './observe-tick'],
  ['lambdas/fetch/handler.ts', '../shared/adapters/exchanges/exchange'],
  ['lambdas/fetch/environment.ts', '../shared/adapters/environment'],
];

/** The rooms of the code, each after all that it may import: no arrow points down this list. */
const ROOMS = [
  'cli',
  'domain',
  'codec',
  'adapters',
  'use-cases',
  'fetch',
  'transform',
  'persist',
  'reconcile',
  'query',
  'console',
  'lib/naming',
  'lib/checks',
  'lib/access',
  'lib/stages',
  'lib/network',
  'lib/bundling',
  'lib/database',
  'lib/kafka',
  'lib/functions',
  'lib/observability',
  'stacks',
  'bin',
  'ops',
  'ops/aws',
  'ops/stages',
  'ops/lint-templates',
  'ops/cost',
  'ops/destroy',
  'ops/deploy',
  'template',
  'lambda',
  'event-source',
  'kafka',
  'containers',
  'engines',
  'emulator',
  'keyspaces',
  'exchange',
  'run',
  'watch',
  'show',
  'start',
  'localstack',
  'bench',
  'ops/pipeline',
  'ops/stage-console',
  'ops/coverage',
  'ops/export',
  'ops/reconcile',
];
/** Holds JSON, which imports nothing. */
const WITHOUT_CODE = ['schemas'];

function lintImports(request: object): unknown {
  const script = join(__dirname, 'lint-imports.mjs');
  const answer = execFileSync(process.execPath, [script, JSON.stringify(request)], {
    encoding: 'utf8',
    timeout: 240_000,
  });
  return JSON.parse(answer);
}

it('the lint rule refuses the imports against the arrows, and no others', () => {
  expect(lintImports({ imports: [...FORBIDDEN, ...ALLOWED] })).toEqual(FORBIDDEN);
}, 240_000);

it('the lint rule refuses a function that imports another', () => {
  expect(lintImports({ imports: BETWEEN_FUNCTIONS })).toEqual(BETWEEN_FUNCTIONS);
}, 240_000);

it('the lint rule refuses every arrow turned round', () => {
  const answer = lintImports({ rooms: ROOMS }) as { rooms: string[]; allowed: unknown };
  expect([...answer.rooms].sort()).toEqual([...ROOMS, ...WITHOUT_CODE].sort());
  expect(answer.allowed).toEqual([]);
}, 240_000);
