import { PermissionFlagsBits } from 'discord-api-types/v10';
import {
  channelPermissions,
  holds,
  powerOf,
  type ServerRole,
  serverPermissions,
  standsBelow,
} from './permissions.policy';
import { type Inspection, type PreflightCheck, type PreflightCheckId } from './preflight-check';

type Verdict = Pick<PreflightCheck, 'passed' | 'concerns' | 'message'>;

const pass = (message: string): Verdict => ({ passed: true, concerns: 'server', message });
/** Nothing works in the server as long as it is so. */
const fail = (message: string): Verdict => ({ passed: false, concerns: 'server', message });
/** The choice of one course cannot be served; other courses in the same server can. */
const failHere = (message: string): Verdict => ({ passed: false, concerns: 'course', message });

/** One rule per check, in Discord's own labels; complete at compile time. */
export const RULES = {
  BOT_PRESENT: ({ server }) => pass(`The bot is in “${server.name}”.`),

  CREATE_INVITE: (inspection) =>
    inServerAndChannel(inspection, PermissionFlagsBits.CreateInstantInvite, 'Create Invite', 'bring students in'),

  KICK_MEMBERS: (inspection) => {
    if (holds(ofBot(inspection), PermissionFlagsBits.KickMembers)) {
      return pass('The bot can remove students whose access has ended.');
    }
    return inspection.choice.removalPolicy === 'KICK'
      ? fail(
          "The bot lacks “Kick Members”, so it cannot remove students whose access has ended. Turn it on for the bot's " +
            'role in Server settings → Roles → Permissions, or choose to take the role away instead of removing people.',
        )
      : fail(
          'The bot lacks “Kick Members”. Nobody is removed from this server with the chosen policy, so it is not needed.',
        );
  },

  MANAGE_ROLES: (inspection) =>
    inServer(inspection, PermissionFlagsBits.ManageRoles, 'Manage Roles', 'give the student role'),

  VIEW_CHANNEL: (inspection) => inChannel(inspection, PermissionFlagsBits.ViewChannel, 'View Channel', 'see'),

  SEND_MESSAGES: (inspection) => inChannel(inspection, PermissionFlagsBits.SendMessages, 'Send Messages', 'write in'),

  VIEW_AUDIT_LOG: (inspection) =>
    holds(ofBot(inspection), PermissionFlagsBits.ViewAuditLog)
      ? pass('The bot can tell who removed somebody.')
      : fail(
          'The bot lacks “View Audit Log”. Everything works without it, except that nobody can tell who removed a student ' +
            "by hand. To have that, turn it on for the bot's role in Server settings → Roles → Permissions.",
        ),

  ROLE_EXISTS: (inspection) => {
    if (inspection.choice.studentRoleId === null) return pass('No role is given: students only become members.');
    const role = chosenRole(inspection);
    return role
      ? pass(`The role “${role.name}” exists.`)
      : failHere('The chosen student role does not exist in this server any more. Choose another role, or create one.');
  },

  ROLE_BELOW_BOT: (inspection) => {
    if (inspection.choice.studentRoleId === null) return pass('No role is given.');
    const role = chosenRole(inspection);
    return role ? assignable(inspection, role) : failHere('Choose a student role that exists first.');
  },

  CHANNEL_EXISTS: ({ choice, channel, server }) => {
    if (channel) {
      return choice.inviteChannelId === null
        ? pass(`No channel is chosen: #${channel.name} is used.`)
        : pass(`The channel #${channel.name} exists.`);
    }
    if (choice.inviteChannelId === null) {
      return failHere('This server has no text channel that the bot knows of. Create one, then check again.');
    }
    const other = server.channels.find(({ id }) => id === choice.inviteChannelId);
    return other
      ? failHere(`“${other.name}” is not a text channel. Choose a text channel to which students are invited.`)
      : failHere('The chosen channel does not exist in this server any more. Choose another text channel.');
  },

  MEMBERS_INTENT: ({ membersIntent }) =>
    membersIntent
      ? pass('The bot sees who joins and leaves.')
      : fail(
          "The bot may not see who joins and leaves. Whoever operates it turns on “Server Members Intent” in Discord's " +
            'Developer Portal → the application → Bot → Privileged Gateway Intents.',
        ),

  VIEWER_MANAGES_GUILD: ({ viewer, server }) => {
    switch (viewer.kind) {
      case 'nobody':
        return pass('Asked of whoever changes the configuration.');
      case 'exempt':
        return pass('Administrators of the platform may set up any server.');
      case 'not-linked':
        return fail(
          'Your Discord account is not connected. Connect it, so that Discord can be asked what you may do here.',
        );
      case 'not-member':
        return fail(
          'Your connected Discord account is not a member of this server. Join it, or connect the account with which you run it.',
        );
      case 'member':
        return holds(serverPermissions(server, viewer.member), PermissionFlagsBits.ManageGuild)
          ? pass(`You manage “${server.name}”.`)
          : fail(
              'You do not manage this server. Ask its owner for a role with “Manage Server” (Server settings → Roles → Permissions).',
            );
    }
  },
} satisfies Record<PreflightCheckId, (inspection: Inspection) => Verdict>;

function ofBot({ server, bot }: Inspection): bigint {
  return serverPermissions(server, bot);
}

function chosenRole({ server, choice }: Inspection): ServerRole | undefined {
  return server.roles.find((role) => role.id === choice.studentRoleId);
}

function inServer(inspection: Inspection, bit: bigint, label: string, purpose: string): Verdict {
  return holds(ofBot(inspection), bit)
    ? pass(`The bot can ${purpose}.`)
    : fail(
        `The bot lacks “${label}”, so it cannot ${purpose}. Turn it on for the bot's role in Server settings → Roles → Permissions.`,
      );
}

/** Where the channel is missing (CHANNEL_EXISTS says so), what holds for the server is what can be said. */
function inChannel(inspection: Inspection, bit: bigint, label: string, verb: string): Verdict {
  const { server, bot, channel } = inspection;
  const permissions = channel ? channelPermissions(server, channel, bot) : ofBot(inspection);
  const where = channel ? `#${channel.name}` : 'the channels of this server';
  if (holds(permissions, bit)) return pass(`The bot can ${verb} ${where}.`);
  return channel && holds(ofBot(inspection), bit)
    ? failHere(`The bot cannot ${verb} ${where}. Allow the bot “${label}” in that channel's settings → Permissions.`)
    : fail(
        `The bot lacks “${label}”, so it cannot ${verb} ${where}. Turn it on for the bot's role in Server settings → Roles → Permissions.`,
      );
}

/** Adding a member asks for the permission in the server, an invite for it in the channel. */
function inServerAndChannel(inspection: Inspection, bit: bigint, label: string, purpose: string): Verdict {
  const inWhole = inServer(inspection, bit, label, purpose);
  const { server, bot, channel } = inspection;
  if (!inWhole.passed || !channel) return inWhole;
  return holds(channelPermissions(server, channel, bot), bit)
    ? pass(`The bot can ${purpose}, also by an invite to #${channel.name}.`)
    : failHere(
        `The bot cannot create invites to #${channel.name}. Allow the bot “${label}” in that channel's settings → Permissions, or choose another channel.`,
      );
}

function assignable({ server, bot }: Inspection, role: ServerRole): Verdict {
  if (role.id === server.id) {
    return failHere('@everyone is what every member has anyway: it cannot be given. Choose another role, or none.');
  }
  if (role.managed) {
    return failHere(`“${role.name}” belongs to a bot or an integration, which alone can give it. Choose another role.`);
  }
  const power = powerOf(role);
  if (power !== null) {
    return failHere(
      `“${role.name}” has “${power}”, so every student could run this server. Choose a role without it, or turn it off in Server settings → Roles → “${role.name}” → Permissions.`,
    );
  }
  return standsBelow(server, role, bot)
    ? pass(`The bot stands above “${role.name}” and can give it.`)
    : failHere(
        `The bot stands below “${role.name}”. Drag the bot's role above “${role.name}” in Server settings → Roles.`,
      );
}
