// Ends this process when the test run that started it is gone: only the run holds the other end of standard input.
process.stdin.resume().once('end', () => process.kill(process.pid, 'SIGTERM'));
process.stdin.unref();
