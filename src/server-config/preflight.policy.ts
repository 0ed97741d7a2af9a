import { defaultChannel, isTextChannel, type ServerChannel } from './permissions.policy';
import {
  type Inspection,
  type PreflightCheck,
  PreflightCheckId,
  type PreflightChoice,
  type PreflightFacts,
  type PreflightViewer,
} from './preflight-check';
import { RULES } from './preflight-rules.policy';
import { type Obstacles } from './stored-report';

/** Every check, in the order in which a person would mend them. */
export function preflight(facts: PreflightFacts, choice: PreflightChoice): PreflightCheck[] {
  const inspection: Inspection = { ...facts, choice, channel: effectiveChannel(facts, choice.inviteChannelId) };
  return Object.values(PreflightCheckId).map((id) => ({
    id,
    required: isRequired(id, choice, facts.viewer),
    ...RULES[id](inspection),
  }));
}

/** The report on a server that the bot is not in: one thing to do, and everything else waits for it. */
export function preflightWithoutBot(
  choice: PreflightChoice,
  viewer: PreflightViewer,
  installUrl: string,
): PreflightCheck[] {
  return Object.values(PreflightCheckId).map((id) => ({
    id,
    required: isRequired(id, choice, viewer),
    passed: false,
    concerns: 'server',
    ...(id === 'BOT_PRESENT'
      ? {
          message: `The bot is not in this server. Somebody with Manage Server can add it here: ${installUrl}`,
          inIndonesian: `Bot tidak ada di server ini. Siapa pun dengan Manage Server bisa menambahkannya di sini: ${installUrl}`,
        }
      : {
          message: 'Not checked yet: add the bot first.',
          inIndonesian: 'Belum diperiksa: tambahkan bot dulu.',
        }),
  }));
}

const HIDDEN = 'Not shown: only those who manage this server may look at it.';
const HIDDEN_IN_INDONESIAN = 'Tidak ditampilkan: hanya yang mengelola server ini yang boleh melihatnya.';

/** The same checks for somebody who does not manage the server: whether they do, and nothing about the server. */
export function concealed(checks: readonly PreflightCheck[]): PreflightCheck[] {
  return checks.map((check) =>
    check.id === 'VIEWER_MANAGES_GUILD'
      ? check
      : { ...check, passed: false, message: HIDDEN, inIndonesian: HIDDEN_IN_INDONESIAN },
  );
}

/** What stands in the way. */
export function failedChecks(checks: readonly PreflightCheck[]): PreflightCheck[] {
  return checks.filter((check) => check.required && !check.passed);
}

/**
 * What stands in the way, in a sentence each: of everything in the server, of the course that made this choice, and of taking
 * its members out. For that no channel is needed, nor a role that is gone; one that is there could be left on everybody.
 */
export function obstaclesIn(checks: readonly PreflightCheck[]): Obstacles {
  const failed = failedChecks(checks);
  const first = (concerns: PreflightCheck['concerns']) =>
    failed.find((check) => check.concerns === concerns)?.message ?? null;
  const isRoleThere = !failed.some(({ id }) => id === 'ROLE_EXISTS');
  const tooHigh = failed.find(({ id }) => id === 'ROLE_BELOW_BOT')?.message ?? null;
  return { server: first('server'), course: first('course'), ending: isRoleThere ? tooHigh : null };
}

/** The channel that invites lead to and the welcome is written in: the chosen one, or the default when none is chosen. */
export function effectiveChannel(
  { server, bot }: Pick<PreflightFacts, 'server' | 'bot'>,
  chosen: string | null,
): ServerChannel | null {
  if (chosen === null) return defaultChannel(server, bot);
  return server.channels.find((channel) => channel.id === chosen && isTextChannel(channel)) ?? null;
}

function isRequired(id: PreflightCheckId, choice: PreflightChoice, viewer: PreflightViewer): boolean {
  switch (id) {
    case 'KICK_MEMBERS':
      return choice.removalPolicy === 'KICK';
    // Without it only "who removed them" is lost.
    case 'VIEW_AUDIT_LOG':
      return false;
    case 'VIEWER_MANAGES_GUILD':
      return viewer.kind !== 'nobody' && viewer.kind !== 'exempt';
    default:
      return true;
  }
}
