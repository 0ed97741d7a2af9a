// A process that a test can kill: the whole service, configured by SERVICE_CONFIG. Prints the address that it listens at.
// With SERVICE_WAITS it only loads its code at first, which takes most of the time, and begins when it is told anything.
require('./typescript');
require('reflect-metadata');
const { createApplication } = require('../../src/main');

const { roles, encryptionKeys, ...config } = JSON.parse(process.env.SERVICE_CONFIG);

async function main() {
  const application = await createApplication({
    ...config,
    roles: new Set(roles),
    encryptionKeys: encryptionKeys.map(({ id, key }) => ({ id, key: Buffer.from(key, 'base64') })),
  });
  process.once('SIGTERM', () => application.close().then(() => process.exit(0)));
  await application.listen(config.port, '127.0.0.1');
  console.log(`listening at ${await application.getUrl()}`);
}

if (process.env.SERVICE_WAITS) {
  process.stdin.ref().once('data', () => {
    process.stdin.unref();
    main();
  });
} else main();
