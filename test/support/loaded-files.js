// Prints, when the process ends, which files of the repository it has loaded (and not those of its dependencies).
const { relative, join } = require('node:path');

const repository = join(__dirname, '../..');

process.once('exit', () => {
  const files = Object.keys(require.cache).map((path) => relative(repository, path));
  const own = files.filter((path) => !path.startsWith('..') && !path.startsWith('node_modules'));
  console.log(`loaded files: ${JSON.stringify(own)}`);
});
