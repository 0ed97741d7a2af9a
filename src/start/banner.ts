import { SignJWT } from 'jose';
import { type Config } from '../config/config';
import { DEMO_COURSES } from './demo';
import { DEMO_STAFF, DEMO_STUDENTS, DEMO_VISITOR_INDEX, type DemoPerson } from './demo-people';

/** A token of the demo is good for a week, seconds. */
const TOKEN_LIFETIME = 7 * 24 * 3_600;

/** A bearer token as the platform would sign it. @returns null when tokens are checked against a key set: we cannot sign those. */
async function tokenOf(config: Config, person: DemoPerson): Promise<string | null> {
  if (!config.jwt.secret) return null;
  const token = new SignJWT({ role: 'authenticated', app_metadata: { role: person.role } })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(person.id)
    .setIssuedAt()
    .setExpirationTime(Math.floor(Date.now() / 1_000) + TOKEN_LIFETIME);
  if (config.jwt.issuer) token.setIssuer(config.jwt.issuer);
  if (config.jwt.audience) token.setAudience(config.jwt.audience);
  return token.sign(new TextEncoder().encode(config.jwt.secret));
}

/** What a person sees once everything runs. */
export async function banner(
  config: Config,
  facts: {
    readonly discordUrl: string | null;
    readonly databaseIsEmbedded: boolean;
    readonly demo: boolean;
    readonly notes: readonly string[];
  },
): Promise<string> {
  const lines = ['', '  Anycademy Discord is running.', ''];
  const address = (name: string, url: string) => lines.push(`  ${name.padEnd(18)}${url}`);
  if (config.roles.has('api')) {
    address('Pages', `${config.publicUrl}/${facts.demo ? '   (continue as anybody of the demo)' : ''}`);
    address('GraphQL', `${config.publicUrl}/graphql   (HTTP and graphql-ws)`);
    address('REST', `${config.publicUrl}/api/docs`);
  }
  address('Health', `${config.publicUrl}/health/ready`);
  if (facts.discordUrl) address('Local Discord', `${facts.discordUrl}   (servers, members, messages; act as anybody)`);
  // Only one that was generated here: it opens nothing anywhere else.
  if (facts.databaseIsEmbedded)
    address('Webhook secret', `${config.webhooks.secrets[0] ?? 'none'}   (docs/webhooks.md)`);
  if (facts.databaseIsEmbedded) address('Database', `psql "${config.database.ownerUrl}"`);
  if (facts.notes.length > 0) lines.push('', ...facts.notes.map((note) => `  Note: ${note}`));
  if (facts.demo) lines.push(...(await demoLines(config)));
  lines.push('', '  Ctrl-C stops everything.', '');
  return lines.join('\n');
}

async function demoLines(config: Config): Promise<string[]> {
  const visitor = DEMO_STUDENTS[DEMO_VISITOR_INDEX];
  const [admin, instructor] = DEMO_STAFF;
  if (!visitor || !admin || !instructor) return [];
  const lines = ['', '  Bearer tokens, good for a week:'];
  for (const [label, person] of [
    ['student', visitor],
    ['instructor', instructor],
    ['admin', admin],
  ] as const) {
    const token = await tokenOf(config, person);
    if (token === null)
      return ['', '  No tokens are printed: they are checked against JWKS_URL, so the platform has to sign them.'];
    lines.push('', `  ${label} (${person.name})`, `  ${token}`);
  }
  lines.push(
    '',
    '  To paste (with the instructor’s token):',
    '',
    `  curl -s ${config.publicUrl}/graphql -H 'content-type: application/json' -H "authorization: Bearer $TOKEN" \\`,
    `    -d '{"query":"{ course(id: \\"${DEMO_COURSES.algebra}\\") { title memberships(first: 5) { totalCount nodes { student { displayName } status reason explanation } } } }"}'`,
    '',
    `  Or in a browser: open ${config.publicUrl}/, continue as ${visitor.name}, connect Discord,`,
    '  and see the student join the server.',
  );
  return lines;
}
