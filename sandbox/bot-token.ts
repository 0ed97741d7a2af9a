import { randomBytes } from 'node:crypto';
import { type World } from './world/world';

/** A new token of the form `base64(bot id).x.y`, from which clients read the id. */
export function newBotToken(world: World): string {
  const id = Buffer.from(world.botUserId).toString('base64url');
  return `${id}.${randomBytes(4).toString('base64url')}.${randomBytes(28).toString('base64url')}`;
}
