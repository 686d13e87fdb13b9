import boundaries from 'eslint-plugin-boundaries';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const elements = [
  { type: 'domain', pattern: 'lambdas/shared/domain' },
  { type: 'codec', pattern: 'lambdas/shared/codec' },
  { type: 'adapters', pattern: 'lambdas/shared/adapters' },
  { type: 'function', pattern: 'lambdas/*' },
  { type: 'schemas', pattern: 'schemas' },
  { type: 'lib', pattern: 'lib' },
  { type: 'bin', pattern: 'bin' },
  { type: 'local', pattern: 'local' },
  { type: 'ops', pattern: 'ops' },
];

const files = [
  { category: 'environment', pattern: 'lambdas/*/environment.ts' },
  { category: 'handler', pattern: 'lambdas/*/handler.ts' },
];

// Who may import what; everything else is refused. The arrows point one way:
// domain <- codec <- adapters <- handlers.
const policies = [
  arrow({ type: 'domain' }, 'domain'),
  arrow({ type: 'codec' }, 'domain', 'codec', 'schemas'),
  arrow({ type: 'adapters' }, 'domain', 'codec', 'adapters'),
  arrow({ type: 'function' }, 'domain', 'codec', 'function'),
  arrow({ type: 'lib' }, 'lib', 'domain', 'schemas'),
  arrow({ type: 'bin' }, 'lib'),
  arrow({ type: 'local' }, 'local', 'lib', 'domain', 'codec', 'adapters'),
  arrow({ type: 'ops' }, 'ops', 'lib', 'local', 'domain'),
  { from: { file: { categories: { anyOf: ['handler', 'environment'] } } }, allow: to('adapters') },
  {
    from: { element: { types: { anyOf: ['lib', 'local'] } } },
    allow: { to: { file: { categories: 'environment' } } },
  },
];

function arrow(element, ...types) {
  return { from: { element }, allow: to(...types) };
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
    files: ['lambdas/**/*.ts', 'lib/**/*.ts', 'bin/**/*.ts', 'local/**/*.ts', 'ops/**/*.ts'],
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
