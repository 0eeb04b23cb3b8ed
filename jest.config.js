import { ALONE } from './scripts/lab-tests/alone.js';
import { TOOLS } from './scripts/test-tools.js';

// What scripts/test-tools.js has fetched goes before the machine's own.
process.env.PATH = `${TOOLS}:${process.env.PATH}`;

const shared = {
  extensionsToTreatAsEsm: ['.ts', '.sh', '.pl', '.css'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
    '\\.(sh|pl|css)$': '<rootDir>/scripts/programs.js',
  },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testEnvironment: 'node',
};

const lab = { ...shared, setupFilesAfterEnv: ['<rootDir>/scripts/lab-tests/time-limit.js'] };

export default {
  // Many tests wait for a deadline rather than compute, so more workers than cores pay.
  maxWorkers: 6,
  // A busy machine is slow; what hangs is still caught.
  testTimeout: 20_000,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      globalSetup: '<rootDir>/scripts/unit/bundle.js',
      runtime: '<rootDir>/scripts/unit/runtime.cjs',
      testEnvironment: '<rootDir>/scripts/unit/environment.js',
      transform: {},
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/lab/', '\\.integration\\.test\\.ts$'],
    },
    { ...shared, displayName: 'integration', testMatch: ['<rootDir>/test/**/*.integration.test.ts'] },
    {
      ...lab,
      displayName: 'lab',
      testMatch: ['<rootDir>/test/lab/**/*.test.ts'],
      testPathIgnorePatterns: ['tailnet/', ...ALONE].map((path) => `<rootDir>/test/lab/${path}`),
    },
    {
      ...lab,
      displayName: 'lab-alone',
      testMatch: ALONE.map((path) => `<rootDir>/test/lab/${path}${path.endsWith('/') ? '**/*.test.ts' : ''}`),
    },
    // Needs Go, and ten minutes to build Tailscale and headscale once: `npm test` doesn't run it.
    { ...lab, displayName: 'tailnet', testMatch: ['<rootDir>/test/lab/tailnet/**/*.test.ts'] },
  ],
};
