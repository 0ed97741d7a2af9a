// A Jest reporter whose only output is the last line of a run, such as `214 passed, 0 failed, 3 skipped`.
const { writeSync } = require('node:fs');

module.exports = class ClosingLineReporter {
  onRunComplete(_contexts, results) {
    // A file that could not even be loaded, or failed outside its tests, has no failed test to count.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    const line = `${results.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`;
    // At exit, because the teardown and Jest's own warnings still follow.
    process.once('exit', () => writeSync(1, line));
  }
};
