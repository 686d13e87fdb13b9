import boundaries from 'eslint-plugin-boundaries';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

// One element a room; a room inside another stands before it.
const elements = [
  { type: 'domain', pattern: 'lambdas/shared/domain' },
  { type: 'codec', pattern: 'lambdas/shared/codec' },
  { type: 'adapters', pattern: 'lambdas/shared/adapters' },
  { type: 'use-cases', pattern: 'lambdas/shared/use-cases' },
  { type: 'fetch', pattern: 'lambdas/fetch' },
  { type: 'transform', pattern: 'lambdas/transform' },
  { type: 'persist', pattern: 'lambdas/persist' },
  { type: 'reconcile', pattern: 'lambdas/reconcile' },
  { type: 'query', pattern: 'lambdas/query' },
  { type: 'schemas', pattern: 'schemas' },
  { type: 'lib/naming', pattern: 'lib/naming' },
  { type: 'lib/checks', pattern: 'lib/checks' },
  { type: 'lib/access', pattern: 'lib/access' },
  { type: 'lib/stages', pattern: 'lib/stages' },
  { type: 'lib/network', pattern: 'lib/network' },
  { type: 'lib/bundling', pattern: 'lib/bundling' },
  { type: 'lib/database', pattern: 'lib/database' },
  { type: 'lib/kafka', pattern: 'lib/kafka' },
  { type: 'lib/functions', pattern: 'lib/functions' },
  { type: 'lib/observability', pattern: 'lib/observability' },
  { type: 'stacks', pattern: 'lib' },
  { type: 'console', pattern: 'console' },
  { type: 'bin', pattern: 'bin' },
  { type: 'cli', pattern: 'cli' },
  { type: 'start', pattern: 'local/start' },
  { type: 'show', pattern: 'local/show' },
  { type: 'watch', pattern: 'local/watch' },
  { type: 'run', pattern: 'local/run' },
  { type: 'engines', pattern: 'local/engines' },
  { type: 'containers', pattern: 'local/containers' },
  { type: 'template', pattern: 'local/emulator/template' },
  { type: 'lambda', pattern: 'local/emulator/lambda' },
  { type: 'event-source', pattern: 'local/emulator/event-source' },
  { type: 'kafka', pattern: 'local/emulator/kafka' },
  { type: 'emulator', pattern: 'local/emulator' },
  { type: 'keyspaces', pattern: 'local/keyspaces' },
  { type: 'exchange', pattern: 'local/exchange' },
  { type: 'localstack', pattern: 'local/localstack' },
  { type: 'bench', pattern: 'local/bench' },
  { type: 'ops/aws', pattern: 'ops/aws' },
  { type: 'ops/stages', pattern: 'ops/stages' },
  { type: 'ops/lint-templates', pattern: 'ops/lint-templates' },
  { type: 'ops/cost', pattern: 'ops/cost' },
  { type: 'ops/destroy', pattern: 'ops/destroy' },
  { type: 'ops/deploy', pattern: 'ops/deploy' },
  { type: 'ops/pipeline', pattern: 'ops/pipeline' },
  { type: 'ops/stage-console', pattern: 'ops/stage-console' },
  { type: 'ops/coverage', pattern: 'ops/coverage' },
  { type: 'ops/export', pattern: 'ops/export' },
  { type: 'ops/reconcile', pattern: 'ops/reconcile' },
  { type: 'ops', pattern: 'ops' },
];

const files = [
  { category: 'environment', pattern: 'lambdas/{*,shared/adapters}/environment.ts' },
  {
    category: 'environment',
    pattern: 'lambdas/shared/adapters/{followed-exchanges,pairs-file}.ts',
  },
  { category: 'handler', pattern: 'lambdas/*/handler.ts' },
  // What an exchange decides, for those who set, price or check what is asked of it.
  { category: 'facts', pattern: 'lambdas/shared/adapters/exchanges/*-facts.ts' },
];

const FUNCTIONS_CODE = ['domain', 'codec', 'adapters'];
const RESOURCES = ['lib/network', 'lib/access', 'lib/checks', 'lib/stages', 'lib/naming'];
const DATA = ['lib/kafka', 'lib/database', ...RESOURCES];
const OPERATION = ['ops', 'cli'];
const EMULATOR = ['emulator', 'kafka', 'event-source', 'lambda', 'template'];

// Who may import what; everything else is refused. Each line's arrows point one way.
const policies = [
  arrow('domain', 'domain'),
  arrow('codec', 'domain', 'codec', 'schemas'),
  arrow('adapters', 'domain', 'codec', 'adapters'),
  arrow('use-cases', 'use-cases', 'domain', 'codec'),
  // No function imports another.
  arrow('fetch', 'fetch', 'use-cases', 'domain', 'codec'),
  arrow('transform', 'transform', 'use-cases', 'domain', 'codec'),
  arrow('persist', 'persist', 'use-cases', 'domain', 'codec'),
  arrow('reconcile', 'reconcile', 'use-cases', 'domain', 'codec'),
  arrow('query', 'query', 'use-cases', 'domain', 'codec'),

  arrow('lib/naming', 'lib/naming'),
  arrow('lib/checks', 'lib/checks'),
  arrow('lib/access', 'lib/access', 'lib/checks'),
  arrow('lib/stages', 'lib/stages', 'lib/naming', 'cli', 'domain', 'codec'),
  arrow('lib/network', 'lib/network', 'lib/checks', 'lib/stages'),
  arrow('lib/bundling', 'lib/bundling', 'lib/naming'),
  arrow('lib/database', 'lib/database', ...RESOURCES, 'domain'),
  arrow('lib/kafka', 'lib/kafka', ...RESOURCES, 'domain', 'codec'),
  arrow('lib/functions', 'lib/functions', ...DATA, 'domain'),
  arrow('lib/observability', 'lib/observability', 'lib/functions', ...DATA, 'domain'),
  arrow('stacks', 'stacks', 'lib/observability', 'lib/functions', ...DATA, 'domain'),
  arrow('bin', 'stacks', 'lib/stages'),
  arrow('console', 'console'),
  arrow('cli', 'cli'),
  arrow('ops', ...OPERATION),
  arrow('ops/aws', 'ops/aws', ...OPERATION),
  arrow('ops/stages', 'ops/stages', 'stacks', 'lib/stages', ...OPERATION),
  arrow('ops/lint-templates', 'ops/lint-templates', 'stacks', 'lib/stages', ...OPERATION),
  arrow(
    'ops/cost',
    ...['ops/cost', 'ops/stages', 'lib/stages', 'lib/naming', 'domain', ...OPERATION],
  ),
  arrow('ops/destroy', 'ops/destroy', 'ops/aws', 'lib/naming', ...OPERATION),
  arrow(
    'ops/deploy',
    ...['ops/deploy', 'ops/destroy', 'ops/cost', 'ops/stages', 'ops/aws', ...OPERATION],
    ...['lib/kafka', 'lib/stages', 'lib/naming', 'domain'],
  ),
  arrow(
    'ops/pipeline',
    ...['ops/pipeline', 'ops/stages', 'ops/aws', 'run', 'lib/stages', 'lib/naming'],
    ...[...FUNCTIONS_CODE, ...OPERATION],
  ),
  arrow(
    'ops/stage-console',
    ...['ops/stage-console', 'ops/stages', 'ops/aws', ...FUNCTIONS_CODE, ...OPERATION],
  ),
  arrow('ops/coverage', 'ops/coverage', 'ops/pipeline', 'domain', ...OPERATION),
  arrow(
    'ops/export',
    ...['ops/export', 'ops/coverage', 'ops/pipeline', 'domain', 'adapters', ...OPERATION],
  ),
  arrow('ops/reconcile', 'ops/reconcile', 'ops/pipeline', ...FUNCTIONS_CODE, ...OPERATION),

  arrow('template', 'template', 'cli', 'lib/naming', 'domain'),
  arrow('lambda', 'lambda', 'template', 'cli', 'domain'),
  arrow('event-source', 'event-source', 'lambda', 'template', 'cli', 'domain'),
  arrow('kafka', 'kafka', 'event-source', 'template', 'cli', ...FUNCTIONS_CODE),
  arrow('emulator', ...EMULATOR, 'engines', 'cli', ...FUNCTIONS_CODE),
  arrow('containers', 'containers', 'cli'),
  arrow('engines', 'engines', 'containers', 'cli'),
  arrow('keyspaces', 'keyspaces'),
  arrow('exchange', 'exchange', 'cli', 'domain'),
  arrow(
    'run',
    ...['run', ...EMULATOR, 'lib/stages', 'engines', 'keyspaces', 'exchange', 'cli'],
    ...FUNCTIONS_CODE,
  ),
  arrow('watch', 'watch', 'run', ...EMULATOR, 'cli', ...FUNCTIONS_CODE),
  arrow('show', 'show', 'run', 'cli', ...FUNCTIONS_CODE),
  arrow(
    'start',
    'start',
    'watch',
    'run',
    ...EMULATOR,
    'engines',
    'keyspaces',
    'exchange',
    'cli',
    ...FUNCTIONS_CODE,
  ),
  arrow(
    'localstack',
    ...['localstack', 'start', 'watch', 'run', 'exchange', 'engines', 'containers'],
    ...[...EMULATOR, 'cli', 'lib/stages', 'lib/naming', ...FUNCTIONS_CODE],
  ),
  arrow(
    'bench',
    ...['bench', 'run', 'exchange', ...EMULATOR, 'query', 'cli', 'lib/stages'],
    ...FUNCTIONS_CODE,
  ),

  { from: { file: { categories: { anyOf: ['handler', 'environment'] } } }, allow: to('adapters') },
  {
    from: { element: { types: { anyOf: ['lib/functions', 'lib/stages', 'emulator', 'run'] } } },
    allow: { to: { file: { categories: 'environment' } } },
  },
  {
    from: { element: { types: { anyOf: ['lib/stages', 'ops/cost', 'exchange'] } } },
    allow: { to: { file: { categories: 'facts' } } },
  },
];

function arrow(type, ...types) {
  return { from: { element: { type } }, allow: to(...types) };
}

function to(...types) {
  return { to: { element: { types: { anyOf: types } } } };
}

export default defineConfig(
  { ignores: ['node_modules/', 'cdk.out/', 'dist/', 'coverage/', '.candlestream/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  {
    files: ['{lambdas,lib,bin,cli,local,ops,console}/**/*.ts'],
    plugins: { boundaries },
    settings: {
      'boundaries/elements': elements,
      'boundaries/files': files,
      'import/resolver': { node: { extensions: ['.ts', '.json'] } },
    },
    rules: {
      'boundaries/dependencies': ['error', { default: 'disallow', policies }],
      'boundaries/no-unknown-files': 'error',
    },
  },
);
