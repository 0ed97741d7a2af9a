// A process that a test can kill: starts the embedded PostgreSQL in the given folder, prints its address, and stays.
require('./typescript');
const { startEmbeddedPostgres } = require('../../src/database/embedded-postgres');

setInterval(() => undefined, 60_000);
startEmbeddedPostgres({ dataDir: process.argv[2], settings: { fsync: 'off' } }).then(({ url }) => console.log(url));
