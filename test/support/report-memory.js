// Prints what this process holds in memory, garbage taken away, whenever it is sent SIGUSR2.
const v8 = require('node:v8');
const { runInNewContext } = require('node:vm');

v8.setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
process.on('SIGUSR2', () => {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  console.log(`memory ${Math.round((heapUsed + external) / 1024 / 1024)} MB`);
});
