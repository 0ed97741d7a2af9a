/** @type {import('jest').Config} */
module.exports = {
  rootDir: __dirname,
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
  transform: { '\\.(t|j)s$': ['@swc/jest'] },
  // jose is published as ES modules only, so Jest has to transform it.
  transformIgnorePatterns: ['/node_modules/(?!(jose)/)'],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  reporters: ['default', '<rootDir>/test/support/closing-line-reporter.js'],
  maxWorkers: 2,
  // Each file loads the whole service anew, and Node keeps something of it: past this a worker is replaced by a fresh one.
  workerIdleMemoryLimit: '1GB',
  testTimeout: 30000,
};
