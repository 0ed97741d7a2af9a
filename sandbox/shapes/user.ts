import { pictureHash } from './picture-hash';
import { type User } from '../world/model';
import { type World } from '../world/world';

/** A user as others see it. */
export function userShape(user: User) {
  return {
    id: user.id,
    username: user.username,
    avatar: pictureHash(user.id),
    discriminator: '0',
    public_flags: 0,
    flags: 0,
    bot: user.bot,
    system: false,
    banner: null,
    accent_color: null,
    global_name: user.globalName,
    avatar_decoration_data: null,
    collectibles: null,
    primary_guild: null,
  };
}

/** A user as it sees itself; the address only with the `email` scope. */
export function ownUserShape(user: User, withEmail: boolean) {
  return {
    ...userShape(user),
    mfa_enabled: false,
    locale: user.locale,
    premium_type: 0,
    verified: true,
    ...(withEmail ? { email: user.bot ? null : `${user.username}@local-discord.invalid` } : {}),
  };
}

/** The shapes of users by id, for lists that name users beside their entries. */
export function userShapes(world: World, ids: Iterable<string>) {
  return [...new Set(ids)].flatMap((id) => {
    const user = world.users.get(id);
    return user === undefined ? [] : [userShape(user)];
  });
}
