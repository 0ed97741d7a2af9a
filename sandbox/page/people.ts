import { type IncomingMessage } from 'node:http';
import { type User } from '../world/model';
import { type World } from '../world/world';
import { personChoice } from './html';

/** A list of more people than this cannot be picked from. */
const SHOWN_PEOPLE = 200;
const COOKIE = 'local_discord_user';

/** The person as whom this browser acted last. */
export function lastPerson(world: World, request: IncomingMessage): User | undefined {
  const id = /(?:^|;\s*)local_discord_user=(\d{17,19})/.exec(request.headers.cookie ?? '')?.[1];
  const user = world.users.get(id ?? '');
  return user?.bot === false ? user : undefined;
}

/** Makes this browser remember as whom it acted. */
export function rememberPerson(userId: string): Record<string, string> {
  return { 'set-cookie': `${COOKIE}=${userId}; Path=/; HttpOnly; SameSite=Lax` };
}

/** Radio buttons for all people, the last one checked; a form without any when there is nobody. */
export function peopleChoices(world: World, request: IncomingMessage): string {
  const last = lastPerson(world, request);
  const people: User[] = last === undefined ? [] : [last];
  for (const user of world.users.values()) {
    if (people.length >= SHOWN_PEOPLE) break;
    if (!user.bot && user !== last) people.push(user);
  }
  if (people.length === 0)
    return '<p class="empty">Nobody lives here yet. Add a person on the <a href="/">start page</a>.</p>';
  const checked = last ?? people[0];
  const choices = people.map((user) => personChoice({ ...user, isChecked: user === checked }));
  return `<div class="choices" role="radiogroup" aria-labelledby="who">${choices.join('\n')}</div>`;
}
