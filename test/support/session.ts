import { Client, type Notification } from 'pg';

/** One connection to a database, for plain SQL. */
export class Session {
  private constructor(private readonly client: Client) {}

  static async open(url: string): Promise<Session> {
    const client = new Client({ connectionString: url });
    await client.connect();
    return new Session(client);
  }

  async rows<Row extends object>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return (await this.client.query<Row>(sql, [...parameters])).rows;
  }

  /** What the single column of the single row holds. */
  async value(sql: string, parameters: readonly unknown[] = []): Promise<unknown> {
    const [row] = await this.rows(sql, parameters);
    return row && Object.values(row)[0];
  }

  /** Runs the statements as a role, in a transaction that is rolled back. @returns what the last of them found */
  async as<Row extends object>(role: string, claims: object | null, ...statements: string[]): Promise<Row[]> {
    await this.client.query('BEGIN');
    try {
      await this.client.query(`SELECT set_config('role', $1, true), set_config('request.jwt.claims', $2, true)`, [
        role,
        claims ? JSON.stringify(claims) : '',
      ]);
      let rows: Row[] = [];
      for (const statement of statements) rows = await this.rows<Row>(statement);
      return rows;
    } finally {
      await this.client.query('ROLLBACK');
    }
  }

  /** PostgreSQL's code of what stops this role from running the statement, or "allowed". */
  async outcome(role: string, statement: string): Promise<string> {
    try {
      await this.as(role, null, statement);
      return 'allowed';
    } catch (error) {
      return error instanceof Error && 'code' in error ? String(error.code) : String(error);
    }
  }

  /** What is told on these channels from now on. */
  async listen(...channels: string[]): Promise<{ channel: string; payload: unknown }[]> {
    const heard: { channel: string; payload: unknown }[] = [];
    this.client.on('notification', ({ channel, payload }: Notification) =>
      heard.push({ channel, payload: JSON.parse(payload ?? 'null') }),
    );
    for (const channel of channels) await this.client.query(`LISTEN ${channel}`);
    return heard;
  }

  /** The marks that wait, oldest first. They are taken away. */
  async marks(): Promise<unknown[]> {
    const jobs = await this.rows<{ id: string; payload: unknown }>(
      `SELECT j.id, j.payload FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id
       WHERE t.identifier = 'mark-memberships' ORDER BY j.id`,
    );
    await this.client.query('DELETE FROM graphile_worker._private_jobs WHERE id = ANY($1)', [jobs.map(({ id }) => id)]);
    return jobs.map(({ payload }) => payload);
  }

  async close(): Promise<void> {
    await this.client.end();
  }
}
