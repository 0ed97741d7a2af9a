import { GatewayIntentBits, GatewayOpcodes } from 'discord-api-types/v10';
import { memberShape } from '../shapes/member';
import { type Guild, type Member } from '../world/model';
import { type World } from '../world/world';
import { type RequestMembers } from './payloads';
import { type GatewaySession } from './session';

const MAX_NAMED_USERS = 100;
/** A prefix finds no more than this. */
const MAX_FOUND = 100;
/** A nonce that is longer is dropped. */
const MAX_NONCE_BYTES = 32;
/** All members of a server may be asked for once in this time. */
const ALL_MEMBERS_EVERY_MS = 30_000;

/** Answers op 8 with GUILD_MEMBERS_CHUNK events, or RATE_LIMITED when all members are asked for too often. */
export class MemberRequests {
  private readonly lastFull = new Map<string, number>();

  constructor(private readonly world: World) {}

  answer(session: GatewaySession, request: RequestMembers): void {
    const guild = this.world.guilds.get(request.guild_id);
    if (guild === undefined || !this.world.isBotIn(guild) || !session.hears(guild.id)) return;
    const nonce = Buffer.byteLength(request.nonce ?? '') > MAX_NONCE_BYTES ? undefined : request.nonce;
    // However few of them `limit` lets through, who names nobody and no prefix asks for all members.
    const isFull = request.user_ids === undefined && (request.query ?? '') === '';
    const withPresences = request.presences === true && (session.intents & GatewayIntentBits.GuildPresences) !== 0;
    if (isFull) {
      // Without the intent Discord tells nothing of people who were not named.
      if ((session.intents & GatewayIntentBits.GuildMembers) === 0) return;
      const wait = (this.lastFull.get(guild.id) ?? 0) + ALL_MEMBERS_EVERY_MS - Date.now();
      if (wait > 0) {
        session.dispatch('RATE_LIMITED', {
          opcode: GatewayOpcodes.RequestGuildMembers,
          retry_after: wait / 1000,
          meta: { guild_id: guild.id, ...(nonce === undefined ? {} : { nonce }) },
        });
        return;
      }
      this.lastFull.set(guild.id, Date.now());
    }
    const { members, notFound } = select(this.world, guild, request);
    const { membersPerChunk: size } = this.world.rules();
    const count = Math.max(1, Math.ceil(members.length / size));
    for (let index = 0; index < count; index += 1) {
      const chunk = members.slice(index * size, (index + 1) * size);
      session.dispatch('GUILD_MEMBERS_CHUNK', {
        guild_id: guild.id,
        members: chunk.map((member) => memberShape(this.world, member)),
        chunk_index: index,
        chunk_count: count,
        not_found: index === 0 ? notFound : [],
        ...(withPresences ? { presences: [] } : {}),
        ...(nonce === undefined ? {} : { nonce }),
      });
    }
  }

  reset(): void {
    this.lastFull.clear();
  }
}

function select(world: World, guild: Guild, request: RequestMembers): { members: Member[]; notFound: string[] } {
  if (request.user_ids !== undefined) {
    const named = request.user_ids.slice(0, MAX_NAMED_USERS);
    return {
      members: named.flatMap((id) => guild.members.get(id) ?? []),
      notFound: named.filter((id) => !guild.members.has(id)),
    };
  }
  const query = (request.query ?? '').toLowerCase();
  const limit = request.limit ?? 0;
  if (query === '') {
    return { members: guild.members.page('0', limit === 0 ? guild.members.size : limit), notFound: [] };
  }
  const members: Member[] = [];
  const most = limit === 0 ? MAX_FOUND : Math.min(limit, MAX_FOUND);
  for (const member of guild.members.values()) {
    if (members.length === most) break;
    const user = world.user(member.userId);
    const names = [user.username, user.globalName, member.nick];
    if (names.some((name) => name?.toLowerCase().startsWith(query))) members.push(member);
  }
  return { members, notFound: [] };
}
