import boundaries from 'eslint-plugin-boundaries';
import tseslint from 'typescript-eslint';

const elements = [
  { type: 'domain', pattern: 'lambdas/shared/domain', mode: 'folder' },
  { type: 'codec', pattern: 'lambdas/shared/codec', mode: 'folder' },
  { type: 'adapters', pattern: 'lambdas/shared/adapters', mode: 'folder' },
  { type: 'function-environment', pattern: 'lambdas/*/environment.ts', mode: 'file' },
  { type: 'handler', pattern: 'lambdas/*/handler.ts', mode: 'file' },
  { type: 'use-case', pattern: 'lambdas/*/*.ts', mode: 'file' },
  { type: 'schemas', pattern: 'schemas', mode: 'folder' },
  { type: 'lib', pattern: 'lib', mode: 'folder' },
  { type: 'bin', pattern: 'bin', mode: 'folder' },
  { type: 'local', pattern: 'local', mode: 'folder' },
];

// Who may import what. Everything else is refused: the arrows point one way.
const arrows = {
  domain: ['domain'],
  codec: ['domain', 'codec', 'schemas'],
  adapters: ['domain', 'codec', 'adapters'],
  'use-case': ['domain', 'codec', 'use-case'],
  'function-environment': ['domain', 'adapters'],
  handler: ['domain', 'codec', 'adapters', 'use-case', 'function-environment'],
  lib: ['lib', 'function-environment', 'domain'],
  bin: ['lib'],
  local: ['local', 'lib', 'domain', 'codec', 'adapters', 'function-environment'],
};

export default tseslint.config(
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
    files: ['lambdas/**/*.ts', 'lib/**/*.ts', 'bin/**/*.ts', 'local/**/*.ts'],
    plugins: { boundaries },
    settings: {
      'boundaries/elements': elements,
      'import/resolver': { typescript: { alwaysTryTypes: true } },
    },
    rules: {
      'boundaries/element-types': [
        'error',
        {
          default: 'disallow',
          rules: Object.entries(arrows).map(([from, allow]) => ({ from: [from], allow })),
        },
      ],
      'boundaries/no-unknown-files': 'error',
    },
  },
);
