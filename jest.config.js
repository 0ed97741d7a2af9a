/** @type {import('jest').Config} */
module.exports = {
  rootDir: __dirname,
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts', '<rootDir>/sandbox/**/*.spec.ts'],
  transform: { '\\.(t|j)s$': ['@swc/jest'] },
  // jose is published as ES modules only, so Jest has to transform it.
  transformIgnorePatterns: ['/node_modules/(?!(jose)/)'],
  maxWorkers: 2,
  testTimeout: 30000,
};
