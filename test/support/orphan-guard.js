// Ends every PostgreSQL under a directory and deletes it, once the test run that uses it is gone.
// Standard input is a pipe that only the run's process holds open, so its end is the run's end, even by SIGKILL.
const { existsSync, readdirSync, readFileSync, rmSync } = require('node:fs');
const { basename, join } = require('node:path');
const { setTimeout: delay } = require('node:timers/promises');

const directory = process.argv[2];

/** Sends the signal to every server. Returns how many were there to receive it. */
function signalServers(signal) {
  const files = readdirSync(directory, { recursive: true }).filter((path) => basename(path) === 'postmaster.pid');
  return files.filter((path) => {
    try {
      return process.kill(Number.parseInt(readFileSync(join(directory, path), 'utf8'), 10), signal);
    } catch {
      return false;
    }
  }).length;
}

process.stdin.resume().once('end', async () => {
  // Again and again, because the run's other processes may take a moment longer to end, and start servers meanwhile.
  for (let attempt = 1; attempt <= 100 && existsSync(directory); attempt++) {
    try {
      if (signalServers(attempt < 50 ? 'SIGINT' : 'SIGKILL') === 0) {
        rmSync(directory, { recursive: true, force: true });
      }
    } catch {
      // Something appeared or vanished meanwhile.
    }
    await delay(100);
  }
});
