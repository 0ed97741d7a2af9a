/**
 * The house: a folder of src imports only folders with a lower number, so folders of one level never import each other
 * and no circle can arise. What is above: app.module.ts lists all modules, main.ts starts them.
 */
const LEVELS = {
  common: 0,
  config: 1,
  openapi: 1,
  telemetry: 2,
  database: 3,
  graphql: 4,
  jobs: 4,
  'discord-api': 4,
  'audit-log': 5,
  platform: 5,
  auth: 6,
  'server-config': 6,
  membership: 7,
  'course-link': 8,
  enrollment: 8,
  metrics: 8,
  pages: 8,
  rest: 8,
  webhooks: 8,
  teaching: 8,
  'discord-bot': 9,
  start: 10,
};

const levelRules = Object.entries(LEVELS).map(([folder, level]) => {
  const others = Object.keys(LEVELS).filter((other) => other !== folder && LEVELS[other] >= level);
  return {
    name: `${folder}-imports-only-what-is-below`,
    comment: `src/${folder} (level ${level}) may import only folders of a lower level.`,
    severity: 'error',
    from: { path: `^src/${folder}/` },
    to: { path: [`^src/(${others.join('|')})/`, '^src/[^/]+\\.ts$'] },
  };
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...levelRules,
    {
      name: 'no-circle',
      comment: 'Two files that need each other are one file, or three.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'local-discord-knows-nothing-of-us',
      comment: 'The local Discord is judged by clients that nobody here wrote; it imports nothing of src.',
      severity: 'error',
      from: { path: '^sandbox/' },
      to: { path: '^(src|test|migrations)/' },
    },
    {
      name: 'local-discord-is-loaded-at-start-only',
      comment: 'With a real Discord application none of its code is loaded: one dynamic import, at start-up.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/start/local-discord\\.ts$' },
      to: { path: '^sandbox/' },
    },
    {
      name: 'no-test-code-in-the-service',
      severity: 'error',
      from: { path: '^(src|sandbox|migrations)/' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'pages-know-the-api-only',
      comment: 'The pages speak with the service by its public API, like any front end: they import nothing of it.',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^(src|sandbox|test|migrations|bench)/' },
    },
    {
      name: 'service-imports-no-page',
      severity: 'error',
      from: { path: '^(src|sandbox|migrations)/' },
      to: { path: '^web/' },
    },
    {
      name: 'page-folders-are-apart',
      comment:
        'What two pages share is a component, a text or a part of the API client; what they share of none is nothing.',
      severity: 'error',
      from: { path: '^web/src/(sign-in|student|instructor|admin)/' },
      to: { path: '^web/src/(sign-in|student|instructor|admin)/', pathNot: '^web/src/$1/' },
    },
    {
      name: 'components-know-no-page',
      severity: 'error',
      from: { path: '^web/src/(api|components|texts|theme)/' },
      to: { path: '^web/src/(sign-in|student|instructor|admin|shell)/' },
    },
    {
      name: 'pages-know-nothing-of-being-embedded',
      comment: 'web/src/embed puts parts of the pages into pages of others; no part knows where it stands.',
      severity: 'error',
      from: { path: '^web/src/', pathNot: '^web/src/embed/' },
      to: { path: '^web/src/embed/' },
    },
    {
      name: 'migrations-stand-alone',
      comment: 'A migration says what it does for ever; it imports no code that may change.',
      severity: 'error',
      from: { path: '^migrations/' },
      to: { path: '^(src|sandbox)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    exclude: { path: '\\.spec\\.ts$' },
  },
};
