import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

/** The platform's login: no superuser, and it owns neither the schema "auth" nor what is in it. */
export const PLATFORM_OWNER = 'platform_owner';

const ROLES = `
  CREATE ROLE anon NOLOGIN NOINHERIT;
  CREATE ROLE authenticated NOLOGIN NOINHERIT;
  CREATE ROLE service_role NOLOGIN NOINHERIT BYPASSRLS;
  CREATE ROLE supabase_auth_admin NOLOGIN NOINHERIT CREATEROLE;
  CREATE ROLE ${PLATFORM_OWNER} LOGIN NOSUPERUSER CREATEROLE BYPASSRLS PASSWORD 'test';
  GRANT anon, authenticated, service_role TO ${PLATFORM_OWNER} WITH ADMIN OPTION;`;

const AUTH = `
  CREATE SCHEMA auth AUTHORIZATION supabase_auth_admin;
  CREATE TABLE auth.users (
    instance_id uuid, id uuid PRIMARY KEY, aud text, role text, email text, encrypted_password text,
    raw_app_meta_data jsonb, raw_user_meta_data jsonb, created_at timestamptz);
  ALTER TABLE auth.users OWNER TO supabase_auth_admin;
  ALTER TABLE auth.users ENABLE ROW LEVEL SECURITY;
  CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('request.jwt.claim.sub', true), ''),
      (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'))::uuid $$;
  CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('request.jwt.claim', true), ''),
      nullif(current_setting('request.jwt.claims', true), ''))::jsonb $$;
  CREATE FUNCTION auth.role() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('request.jwt.claim.role', true), ''),
      (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role'))::text $$;
  ALTER FUNCTION auth.role() OWNER TO supabase_auth_admin;
  ALTER FUNCTION auth.uid() OWNER TO supabase_auth_admin;
  ALTER FUNCTION auth.jwt() OWNER TO supabase_auth_admin;
  GRANT USAGE ON SCHEMA auth TO anon, authenticated, service_role, ${PLATFORM_OWNER};
  GRANT SELECT, TRIGGER ON auth.users TO ${PLATFORM_OWNER};`;

/** What a Supabase project gives its roles on everything that is made in "public". @param owner a role, or current_user */
export function supabaseDefaultPrivileges(owner: string): string {
  return ['TABLES', 'FUNCTIONS', 'SEQUENCES']
    .map(
      (kind) =>
        `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA public GRANT ALL ON ${kind} TO anon, authenticated, service_role;`,
    )
    .join('\n');
}

/** The platform's own tables, row-level security included. @param columns those of course_enrollments beside its ids */
export function platformTables(columns: string): string {
  return `
    CREATE TABLE courses (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), title text NOT NULL, instructor_id uuid NOT NULL, price integer);
    ALTER TABLE courses ENABLE ROW LEVEL SECURITY;
    CREATE POLICY "Everybody sees their own courses" ON courses FOR SELECT TO authenticated USING (instructor_id = (SELECT auth.uid()));
    CREATE TABLE course_enrollments (
      id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, user_id uuid NOT NULL, course_id uuid NOT NULL${columns && `, ${columns}`});
    ALTER TABLE course_enrollments ENABLE ROW LEVEL SECURITY;`;
}

/** Two connections to one database: as the superuser, and as the platform's login, who owns it. */
export interface SupabaseDatabase {
  readonly superuserUrl: string;
  readonly ownerUrl: string;
}

/**
 * A new database as Supabase hands it out, on a server that holds no other kind.
 * @param platform what the platform has made in it, as its login
 */
export async function supabaseDatabase(serverUrl: string, platform: string): Promise<SupabaseDatabase> {
  const name = `supabase_${randomBytes(4).toString('hex')}`;
  const missing = `NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${PLATFORM_OWNER}')`;
  await run(serverUrl, `DO $do$ BEGIN IF ${missing} THEN ${ROLES} END IF; END $do$`);
  await run(serverUrl, `CREATE DATABASE ${name} OWNER ${PLATFORM_OWNER}`);
  const superuserUrl = new URL(serverUrl);
  superuserUrl.pathname = name;
  const ownerUrl = new URL(superuserUrl.href);
  ownerUrl.username = PLATFORM_OWNER;
  ownerUrl.password = 'test';
  await run(
    superuserUrl.href,
    `${AUTH} ${supabaseDefaultPrivileges(PLATFORM_OWNER)}
     GRANT USAGE ON SCHEMA public TO anon, authenticated, service_role;`,
  );
  if (platform !== '') await run(ownerUrl.href, platform);
  return { superuserUrl: superuserUrl.href, ownerUrl: ownerUrl.href };
}

async function run(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
