// A process that may ask Discord as often as it can, for tests that are not about the limit of 50 calls a second.
const { DefaultRestOptions } = require('@discordjs/rest');

DefaultRestOptions.globalRequestsPerSecond = Infinity;
