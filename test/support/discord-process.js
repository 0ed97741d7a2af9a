// A process that a test can kill: the bot's connection to the gateway and nothing else. It prints a line for every change.
require('./typescript');
require('reflect-metadata');
const { startBot } = require('../integration/discord-bot-app');

const started = Date.now();
startBot(JSON.parse(process.argv[2])).then(({ nest, state, client }) => {
  nest.enableShutdownHooks();
  console.log(`up after ${Date.now() - started} ms`);
  if (state.connected) console.log('connected');
  client.on('READY', () => console.log('connected'));
  client.on('shardReconnecting', () => console.log('reconnecting'));
});
