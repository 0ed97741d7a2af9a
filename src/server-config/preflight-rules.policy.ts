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

type Verdict = Pick<PreflightCheck, 'passed' | 'concerns' | 'message' | 'inIndonesian'>;

const pass = (message: string): Verdict => ({ passed: true, concerns: 'server', message });
/** Nothing works in the server as long as it is so. */
const fail = (message: string, inIndonesian: string): Verdict => ({
  passed: false,
  concerns: 'server',
  message,
  inIndonesian,
});
/** The choice of one course cannot be served; other courses in the same server can. */
const failHere = (message: string, inIndonesian: string): Verdict => ({
  ...fail(message, inIndonesian),
  concerns: 'course',
});

/** Where a permission of the bot is switched on, and where one for a channel is; Discord's own labels stay as they are. */
const IN_ROLES = "Turn it on for the bot's role in Server settings → Roles → Permissions.";
const DI_PERAN = 'Aktifkan untuk peran bot di Server settings → Roles → Permissions.';

/** One rule per check, in Discord's own labels; complete at compile time. */
export const RULES = {
  BOT_PRESENT: ({ server }) => pass(`The bot is in “${server.name}”.`),

  CREATE_INVITE: (inspection) =>
    inServerAndChannel(inspection, PermissionFlagsBits.CreateInstantInvite, 'Create Invite', {
      en: 'bring students in',
      id: 'memasukkan siswa',
    }),

  KICK_MEMBERS: (inspection) => {
    if (holds(ofBot(inspection), PermissionFlagsBits.KickMembers)) {
      return pass('The bot can remove students whose access has ended.');
    }
    return inspection.choice.removalPolicy === 'KICK'
      ? fail(
          "The bot lacks “Kick Members”, so it cannot remove students whose access has ended. Turn it on for the bot's " +
            'role in Server settings → Roles → Permissions, or choose to take the role away instead of removing people.',
          'Bot tidak punya “Kick Members”, jadi tidak bisa mengeluarkan siswa yang aksesnya berakhir. Aktifkan untuk peran ' +
            'bot di Server settings → Roles → Permissions, atau pilih mencabut peran saja.',
        )
      : fail(
          'The bot lacks “Kick Members”. Nobody is removed from this server with the chosen policy, so it is not needed.',
          'Bot tidak punya “Kick Members”. Dengan aturan yang dipilih tidak ada yang dikeluarkan, jadi tidak diperlukan.',
        );
  },

  MANAGE_ROLES: (inspection) =>
    inServer(inspection, PermissionFlagsBits.ManageRoles, 'Manage Roles', {
      en: 'give the student role',
      id: 'memberi peran siswa',
    }),

  VIEW_CHANNEL: (inspection) =>
    inChannel(inspection, PermissionFlagsBits.ViewChannel, 'View Channel', { en: 'see', id: 'melihat' }),

  SEND_MESSAGES: (inspection) =>
    inChannel(inspection, PermissionFlagsBits.SendMessages, 'Send Messages', { en: 'write in', id: 'menulis di' }),

  VIEW_AUDIT_LOG: (inspection) =>
    holds(ofBot(inspection), PermissionFlagsBits.ViewAuditLog)
      ? pass('The bot can tell who removed somebody.')
      : fail(
          'The bot lacks “View Audit Log”. Everything works without it, except that nobody can tell who removed a student ' +
            "by hand. To have that, turn it on for the bot's role in Server settings → Roles → Permissions.",
          'Bot tidak punya “View Audit Log”. Semuanya tetap jalan, tetapi tidak terlihat siapa yang mengeluarkan siswa. ' +
            `Kalau itu diperlukan: ${DI_PERAN}`,
        ),

  ROLE_EXISTS: (inspection) => {
    if (inspection.choice.studentRoleId === null) return pass('No role is given: students only become members.');
    const role = chosenRole(inspection);
    return role
      ? pass(`The role “${role.name}” exists.`)
      : failHere(
          'The chosen student role does not exist in this server any more. Choose another role, or create one.',
          'Peran siswa yang dipilih sudah tidak ada di server ini. Pilih peran lain, atau buat yang baru.',
        );
  },

  ROLE_BELOW_BOT: (inspection) => {
    if (inspection.choice.studentRoleId === null) return pass('No role is given.');
    const role = chosenRole(inspection);
    return role
      ? assignable(inspection, role)
      : failHere('Choose a student role that exists first.', 'Pilih dulu peran siswa yang ada.');
  },

  CHANNEL_EXISTS: ({ choice, channel, server }) => {
    if (channel) {
      return choice.inviteChannelId === null
        ? pass(`No channel is chosen: #${channel.name} is used.`)
        : pass(`The channel #${channel.name} exists.`);
    }
    if (choice.inviteChannelId === null) {
      return failHere(
        'This server has no text channel that the bot knows of. Create one, then check again.',
        'Di server ini tidak ada saluran teks yang dikenal bot. Buat satu, lalu periksa lagi.',
      );
    }
    const other = server.channels.find(({ id }) => id === choice.inviteChannelId);
    return other
      ? failHere(
          `“${other.name}” is not a text channel. Choose a text channel to which students are invited.`,
          `“${other.name}” bukan saluran teks. Pilih saluran teks tempat siswa diundang.`,
        )
      : failHere(
          'The chosen channel does not exist in this server any more. Choose another text channel.',
          'Saluran yang dipilih sudah tidak ada di server ini. Pilih saluran teks lain.',
        );
  },

  MEMBERS_INTENT: ({ membersIntent }) =>
    membersIntent
      ? pass('The bot sees who joins and leaves.')
      : fail(
          "The bot may not see who joins and leaves. Whoever operates it turns on “Server Members Intent” in Discord's " +
            'Developer Portal → the application → Bot → Privileged Gateway Intents.',
          'Bot tidak bisa melihat siapa yang masuk dan keluar. Pengelola bot perlu mengaktifkan “Server Members Intent” di ' +
            'Developer Portal Discord → aplikasinya → Bot → Privileged Gateway Intents.',
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
          'Akun Discord-mu belum terhubung. Hubungkan, supaya Discord bisa ditanya apa yang boleh kamu lakukan di sini.',
        );
      case 'not-member':
        return fail(
          'Your connected Discord account is not a member of this server. Join it, or connect the account with which you run it.',
          'Akun Discord-mu yang terhubung bukan anggota server ini. Bergabunglah, atau hubungkan akun yang kamu pakai untuk mengelolanya.',
        );
      case 'member':
        return holds(serverPermissions(server, viewer.member), PermissionFlagsBits.ManageGuild)
          ? pass(`You manage “${server.name}”.`)
          : fail(
              'You do not manage this server. Ask its owner for a role with “Manage Server” (Server settings → Roles → Permissions).',
              'Kamu tidak mengelola server ini. Minta peran dengan “Manage Server” kepada pemiliknya (Server settings → Roles → Permissions).',
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

/** What a permission is for, as it follows "cannot". */
interface Purpose {
  readonly en: string;
  readonly id: string;
}

function inServer(inspection: Inspection, bit: bigint, label: string, { en, id }: Purpose): Verdict {
  return holds(ofBot(inspection), bit)
    ? pass(`The bot can ${en}.`)
    : fail(
        `The bot lacks “${label}”, so it cannot ${en}. ${IN_ROLES}`,
        `Bot tidak punya “${label}”, jadi tidak bisa ${id}. ${DI_PERAN}`,
      );
}

/** Where the channel is missing (CHANNEL_EXISTS says so), what holds for the server is what can be said. */
function inChannel(inspection: Inspection, bit: bigint, label: string, verb: Purpose): Verdict {
  const { server, bot, channel } = inspection;
  const permissions = channel ? channelPermissions(server, channel, bot) : ofBot(inspection);
  const en = `${verb.en} ${channel ? `#${channel.name}` : 'the channels of this server'}`;
  const id = `${verb.id} ${channel ? `#${channel.name}` : 'saluran-saluran server ini'}`;
  if (holds(permissions, bit)) return pass(`The bot can ${en}.`);
  return channel && holds(ofBot(inspection), bit)
    ? failHere(
        `The bot cannot ${en}. Allow the bot “${label}” in that channel's settings → Permissions.`,
        `Bot tidak bisa ${id}. Izinkan “${label}” untuk bot di pengaturan saluran itu → Permissions.`,
      )
    : fail(
        `The bot lacks “${label}”, so it cannot ${en}. ${IN_ROLES}`,
        `Bot tidak punya “${label}”, jadi tidak bisa ${id}. ${DI_PERAN}`,
      );
}

/** Adding a member asks for the permission in the server, an invite for it in the channel. */
function inServerAndChannel(inspection: Inspection, bit: bigint, label: string, purpose: Purpose): Verdict {
  const inWhole = inServer(inspection, bit, label, purpose);
  const { server, bot, channel } = inspection;
  if (!inWhole.passed || !channel) return inWhole;
  return holds(channelPermissions(server, channel, bot), bit)
    ? pass(`The bot can ${purpose.en}, also by an invite to #${channel.name}.`)
    : failHere(
        `The bot cannot create invites to #${channel.name}. Allow the bot “${label}” in that channel's settings → Permissions, or choose another channel.`,
        `Bot tidak bisa membuat undangan ke #${channel.name}. Izinkan “${label}” untuk bot di pengaturan saluran itu → Permissions, atau pilih saluran lain.`,
      );
}

function assignable({ server, bot }: Inspection, role: ServerRole): Verdict {
  if (role.id === server.id) {
    return failHere(
      '@everyone is what every member has anyway: it cannot be given. Choose another role, or none.',
      '@everyone dimiliki setiap anggota dan tidak bisa diberikan. Pilih peran lain, atau tanpa peran.',
    );
  }
  if (role.managed) {
    return failHere(
      `“${role.name}” belongs to a bot or an integration, which alone can give it. Choose another role.`,
      `“${role.name}” milik bot atau integrasi, dan hanya ia yang bisa memberikannya. Pilih peran lain.`,
    );
  }
  const power = powerOf(role);
  if (power !== null) {
    return failHere(
      `“${role.name}” has “${power}”, so every student could run this server. Choose a role without it, or turn it off in Server settings → Roles → “${role.name}” → Permissions.`,
      `“${role.name}” punya “${power}”, jadi setiap siswa bisa mengelola server ini. Pilih peran tanpa itu, atau matikan di Server settings → Roles → “${role.name}” → Permissions.`,
    );
  }
  return standsBelow(server, role, bot)
    ? pass(`The bot stands above “${role.name}” and can give it.`)
    : failHere(
        `The bot stands below “${role.name}”. Drag the bot's role above “${role.name}” in Server settings → Roles.`,
        `Bot ada di bawah “${role.name}”. Seret peran bot ke atas “${role.name}” di Server settings → Roles.`,
      );
}
