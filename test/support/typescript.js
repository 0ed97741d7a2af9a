// Lets a plain `node --require` load the service's TypeScript, for tests that need a process of their own to kill.
const { transformFileSync } = require('@swc/core');

require.extensions['.ts'] = (module, filename) => {
  module._compile(transformFileSync(filename, { swcrc: true, sourceMaps: false }).code, filename);
};
