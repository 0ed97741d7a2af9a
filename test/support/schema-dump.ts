import { Client } from 'pg';

/** One statement per kind of object; each row is one line of the dump. The embedded PostgreSQL ships no pg_dump. */
const PARTS: readonly (readonly [title: string, sql: string])[] = [
  [
    'Tables',
    `SELECT format('%s.%s', c.oid::regclass, a.attname) || '  ' || format_type(a.atttypid, a.atttypmod)
         || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END || coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '') AS line
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
     WHERE c.relkind = 'r' AND c.relnamespace IN ('public'::regnamespace, 'auth'::regnamespace) ORDER BY c.oid::regclass::text, a.attnum`,
  ],
  [
    'Constraints',
    `SELECT conrelid::regclass || '  ' || conname || '  ' || pg_get_constraintdef(oid) AS line FROM pg_constraint
     WHERE contype <> 'n' AND conrelid <> 0 AND connamespace IN ('public'::regnamespace, 'auth'::regnamespace) ORDER BY conrelid::regclass::text, conname`,
  ],
  [
    'Indexes',
    `SELECT indexdef AS line FROM pg_indexes WHERE schemaname IN ('public', 'auth') ORDER BY tablename, indexname`,
  ],
  [
    'Views',
    `SELECT c.oid::regclass || coalesce('  (' || array_to_string(c.reloptions, ', ') || ')', '') || E'\\n' || pg_get_viewdef(c.oid, true) AS line
     FROM pg_class c WHERE c.relkind = 'v' AND c.relnamespace = 'public'::regnamespace ORDER BY c.relname`,
  ],
  [
    'Functions',
    `SELECT pg_get_functiondef(p.oid) AS line FROM pg_proc p
     WHERE p.pronamespace IN ('public'::regnamespace, 'auth'::regnamespace) ORDER BY p.oid::regprocedure::text`,
  ],
  [
    'Triggers',
    `SELECT pg_get_triggerdef(t.oid) AS line FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
     WHERE NOT t.tgisinternal AND c.relnamespace IN ('public'::regnamespace, 'auth'::regnamespace) ORDER BY c.oid::regclass::text, t.tgname`,
  ],
  [
    'Policies',
    `SELECT format('%I "%s" FOR %s TO %s USING (%s)%s', tablename, policyname, cmd, array_to_string(roles, ', '), coalesce(qual, '-'),
         coalesce(' WITH CHECK (' || with_check || ')', '')) AS line
     FROM pg_policies WHERE schemaname = 'public' ORDER BY tablename, policyname`,
  ],
  [
    'Row-level security',
    `SELECT c.oid::regclass || '  ' || c.relrowsecurity AS line FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY 1`,
  ],
  [
    'Grants on tables and columns',
    `SELECT format('%s  %s  %s', table_name, grantee, string_agg(privilege_type, ', ' ORDER BY privilege_type)) AS line
     FROM information_schema.table_privileges WHERE table_schema = 'public' AND grantee IN ('PUBLIC', 'anon', 'authenticated', 'service_role', 'anycademy_api', 'anycademy_writer', 'anycademy_worker')
     GROUP BY table_name, grantee
     UNION ALL
     SELECT format('%s  %s  SELECT (%s)', c.table_name, c.grantee, string_agg(c.column_name, ', ' ORDER BY c.column_name))
     FROM information_schema.column_privileges c WHERE c.table_schema = 'public' AND c.grantee = 'authenticated' AND c.privilege_type = 'SELECT'
       AND NOT EXISTS (SELECT FROM information_schema.table_privileges t WHERE t.table_name = c.table_name AND t.table_schema = c.table_schema
                         AND t.grantee = c.grantee AND t.privilege_type = 'SELECT')
     GROUP BY c.table_name, c.grantee ORDER BY 1`,
  ],
  [
    'Grants on functions',
    `SELECT p.oid::regprocedure || '  ' || CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END AS line
     FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
     WHERE p.pronamespace = 'public'::regnamespace AND a.grantee <> p.proowner ORDER BY 1`,
  ],
];

/** Everything that the migrations make, as text that is the same for the same schema. */
export async function dumpSchema(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const parts: string[] = ['-- What the migrations make. Written by "npm run schema"; compared by "npm run check".'];
    for (const [title, sql] of PARTS) {
      const { rows } = await client.query<{ line: string }>(sql);
      parts.push(`-- ${title}`, rows.map(({ line }) => line.trimEnd()).join('\n'));
    }
    return `${parts.join('\n\n')}\n`;
  } finally {
    await client.end();
  }
}
