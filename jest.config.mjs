// The pinned AWS SDK runs on every supported Node.js; its warning of later versions reads like a failure.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const swc = [
  '@swc/jest',
  { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'commonjs' } },
];

const shared = {
  testEnvironment: '<rootDir>/test/jest/open-handles-environment.mjs',
  transform: { '^.+\\.[cm]?[jt]s$': swc },
  // These publish ES modules only, which jest loads after a transform.
  transformIgnorePatterns: [
    'node_modules/(?!(p-limit|p-queue|p-retry|p-timeout|get-port|eventemitter3|yocto-queue|is-network-error|lit-html|lightweight-charts|fancy-canvas|hyparquet-writer|hyparquet)/)',
  ],
  globalSetup: '<rootDir>/test/jest/global-setup.ts',
  globalTeardown: '<rootDir>/test/jest/global-teardown.ts',
  setupFilesAfterEnv: ['aws-cdk-lib/testhelpers/jest-autoclean'],
};

export default {
  // Against tests that hang, with room for machines that are busy.
  testTimeout: 60_000,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/integration/'],
    },
    {
      ...shared,
      displayName: 'integration',
      testMatch: ['<rootDir>/test/integration/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/integration/localstack/'],
    },
    {
      ...shared,
      displayName: 'localstack',
      testMatch: ['<rootDir>/test/integration/localstack/**/*.test.ts'],
    },
  ],
};
