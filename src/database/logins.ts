import { Client, escapeLiteral } from 'pg';

/** The logins beside the owner, each with the least rights that its work needs. */
export const LOGINS = ['anycademy_api', 'anycademy_writer', 'anycademy_worker'] as const;
export type Login = (typeof LOGINS)[number];

/** Gives the logins their passwords. Outside production only: an operator sets them by hand, and keeps them. */
export async function setLoginPasswords(ownerUrl: string, passwords: Readonly<Record<Login, string>>): Promise<void> {
  const client = new Client({ connectionString: ownerUrl, application_name: 'anycademy-logins' });
  await client.connect();
  try {
    for (const login of LOGINS) {
      await client.query(`ALTER ROLE ${login} PASSWORD ${escapeLiteral(passwords[login])}`);
    }
  } finally {
    await client.end();
  }
}

/** The owner's connection string with another login in it. */
export function urlAs(ownerUrl: string, login: Login, password: string): string {
  const url = new URL(ownerUrl);
  url.username = login;
  url.password = password;
  return url.href;
}
