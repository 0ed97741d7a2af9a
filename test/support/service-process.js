// A process that a test can kill: the whole service, configured by SERVICE_CONFIG. Prints the address that it listens at.
// With SERVICE_WAITS it only loads the program, says so, and starts it when it is told to by SIGUSR2.
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
  await application.listen(0, '127.0.0.1');
  console.log(`listening at ${await application.getUrl()}`);
}

if (process.env.SERVICE_WAITS) {
  process.once('SIGUSR2', main);
  const waiting = setInterval(() => undefined, 60_000);
  process.once('SIGUSR2', () => clearInterval(waiting));
  console.log('loaded');
} else {
  main();
}
