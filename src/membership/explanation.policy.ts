import { type MembershipReason, type MembershipStatus } from './decide.policy';

/** The languages in which a state explains itself. */
export type Language = 'en' | 'id';

export type NextStep =
  | 'JOIN'
  | 'CONNECT_DISCORD'
  | 'RECONNECT_DISCORD'
  | 'OPEN_INVITE'
  | 'REQUEST_NEW_INVITE'
  | 'LEAVE_A_SERVER'
  | 'COMPLETE_SCREENING'
  | 'REJOIN'
  | 'FIX_SERVER'
  | 'CONFIRM_REMOVALS'
  | 'WAIT';

/** Which reasons may stand with which status. */
export const REASONS_OF_STATUS = {
  pending: [
    'QUEUED',
    'NOT_INVITED',
    'ACCOUNT_NOT_LINKED',
    'CONNECTION_REVOKED',
    'GUILD_LIMIT_REACHED',
    'JOINING_LIMITED',
    'BANNED',
    'SERVER_NOT_READY',
    'DISCORD_UNAVAILABLE',
  ],
  invited: ['INVITE_OPEN', 'INVITE_EXPIRED'],
  joined: ['ADDED', 'USED_INVITE', 'ALREADY_MEMBER', 'SCREENING_PENDING', 'GRACE_PERIOD', 'REMOVAL_HELD'],
  left: ['LEFT_BY_CHOICE'],
  removed: ['ENROLLMENT_ENDED', 'REMOVED_BY_STAFF', 'BANNED', 'STILL_ENROLLED_ELSEWHERE', 'PROTECTED_MEMBER'],
} as const satisfies Record<MembershipStatus, readonly MembershipReason[]>;

/** {server} and {course} are replaced by their names. */
interface Explanation {
  readonly nextStep: NextStep | null;
  readonly en: string;
  readonly id: string;
}

const EXPLANATIONS = {
  QUEUED: {
    nextStep: 'WAIT',
    en: "You're next: you will be in {server} in a moment.",
    id: 'Sebentar lagi kamu masuk ke {server}.',
  },
  NOT_INVITED: {
    nextStep: 'JOIN',
    en: 'You can join {server} whenever you like.',
    id: 'Kamu bisa bergabung ke {server} kapan saja.',
  },
  ACCOUNT_NOT_LINKED: {
    nextStep: 'CONNECT_DISCORD',
    en: "You're not in {server} yet, because no Discord account is connected. Connect yours, and you are in.",
    id: 'Kamu belum ada di {server} karena akun Discord belum terhubung. Hubungkan akunmu, lalu kamu langsung masuk.',
  },
  CONNECTION_REVOKED: {
    nextStep: 'RECONNECT_DISCORD',
    en: "You're not in {server} yet: Discord no longer accepts our link to your account. Connect it again.",
    id: 'Kamu belum ada di {server}: Discord tidak lagi menerima tautan ke akunmu. Hubungkan lagi.',
  },
  INVITE_OPEN: {
    nextStep: 'OPEN_INVITE',
    en: 'Your invite to {server} is ready. It works once, within a day.',
    id: 'Undanganmu ke {server} sudah siap. Berlaku satu kali, dalam sehari.',
  },
  INVITE_EXPIRED: {
    nextStep: 'REQUEST_NEW_INVITE',
    en: 'Your invite to {server} is no longer valid. Ask for a new one.',
    id: 'Undanganmu ke {server} sudah tidak berlaku. Minta yang baru.',
  },
  GUILD_LIMIT_REACHED: {
    nextStep: 'LEAVE_A_SERVER',
    en: "You're not in {server} yet. Discord says your account is in as many servers as it can be. Leave one, then try again.",
    id: 'Kamu belum ada di {server}. Menurut Discord akunmu sudah mencapai batas jumlah server. Keluar dari salah satu, lalu coba lagi.',
  },
  JOINING_LIMITED: {
    nextStep: 'WAIT',
    en: 'Discord is keeping your account from joining new servers for now. Try again later.',
    id: 'Untuk sementara Discord membatasi akunmu bergabung ke server baru. Coba lagi nanti.',
  },
  BANNED: {
    nextStep: null,
    en: 'You are banned from {server}. Only its moderators can lift that.',
    id: 'Kamu diblokir dari {server}. Hanya moderatornya yang bisa mencabutnya.',
  },
  SERVER_NOT_READY: {
    nextStep: 'FIX_SERVER',
    en: '{server} is not ready: the bot is missing something there. Course staff can see what, and you are let in as soon as it is mended.',
    id: '{server} belum siap: ada yang kurang pada bot di sana. Pengajar dapat melihatnya, dan kamu masuk segera setelah diperbaiki.',
  },
  DISCORD_UNAVAILABLE: {
    nextStep: 'WAIT',
    en: 'Discord is not answering at the moment. We keep trying; there is nothing you need to do.',
    id: 'Discord sedang tidak menjawab. Kami terus mencoba; kamu tidak perlu melakukan apa-apa.',
  },
  ADDED: { nextStep: null, en: "You're in {server}.", id: 'Kamu sudah ada di {server}.' },
  USED_INVITE: {
    nextStep: null,
    en: "You're in {server}: you came by your invite.",
    id: 'Kamu sudah ada di {server}: kamu masuk lewat undanganmu.',
  },
  ALREADY_MEMBER: {
    nextStep: null,
    en: "You're in {server}. You were there already.",
    id: 'Kamu sudah ada di {server}. Kamu memang sudah bergabung sebelumnya.',
  },
  SCREENING_PENDING: {
    nextStep: 'COMPLETE_SCREENING',
    en: "You're in {server}, but have not accepted its rules yet. Open it in Discord and accept them.",
    id: 'Kamu sudah ada di {server}, tetapi belum menyetujui peraturannya. Buka di Discord dan setujui.',
  },
  GRACE_PERIOD: {
    nextStep: null,
    en: 'Your access to {course} has ended. You can stay in {server} a little longer.',
    id: 'Aksesmu ke {course} sudah berakhir. Kamu masih bisa berada di {server} sebentar lagi.',
  },
  REMOVAL_HELD: {
    nextStep: 'CONFIRM_REMOVALS',
    en: 'Access to {course} has ended. Nobody is removed from {server} until course staff decides.',
    id: 'Akses ke {course} sudah berakhir. Tidak ada yang dikeluarkan dari {server} sampai pengajar memutuskan.',
  },
  LEFT_BY_CHOICE: {
    nextStep: 'REJOIN',
    en: 'You left {server}. You can come back whenever you like.',
    id: 'Kamu keluar dari {server}. Kamu bisa kembali kapan saja.',
  },
  ENROLLMENT_ENDED: {
    nextStep: null,
    en: 'Your access to {course} has ended, and with it your access to {server}.',
    id: 'Aksesmu ke {course} sudah berakhir, begitu juga aksesmu ke {server}.',
  },
  REMOVED_BY_STAFF: {
    nextStep: null,
    en: 'Staff removed you from {server}. Only they can let you back in.',
    id: 'Pengajar mengeluarkanmu dari {server}. Hanya mereka yang bisa memasukkanmu lagi.',
  },
  STILL_ENROLLED_ELSEWHERE: {
    nextStep: null,
    en: 'Your access to {course} has ended. You stay in {server} because of another course.',
    id: 'Aksesmu ke {course} sudah berakhir. Kamu tetap ada di {server} karena kursus lain.',
  },
  PROTECTED_MEMBER: {
    nextStep: null,
    en: 'Your access to {course} has ended. You stay in {server}, without the student role.',
    id: 'Aksesmu ke {course} sudah berakhir. Kamu tetap ada di {server}, tanpa peran siswa.',
  },
} as const satisfies Record<MembershipReason, Explanation>;

/** One sentence for a person. */
export function explain(
  reason: MembershipReason,
  names: { readonly server: string; readonly course: string },
  language: Language,
): string {
  return EXPLANATIONS[reason][language].replace(/\{(server|course)\}/g, (_, key: string) =>
    key === 'server' ? names.server : names.course,
  );
}

export function nextStepOf(reason: MembershipReason): NextStep | null {
  return EXPLANATIONS[reason].nextStep;
}

/** The first language of Accept-Language that we speak; English when there is none. Indonesian is also known as "in". */
export function languageOf(acceptLanguage: string | undefined): Language {
  const wanted = (acceptLanguage ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
      const quality = Number(
        parameters
          .find((parameter) => parameter.trim().startsWith('q='))
          ?.trim()
          .slice(2) ?? 1,
      );
      return { language: tag.split('-')[0] ?? '', quality: Number.isFinite(quality) ? quality : 0 };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  const spoken = wanted.find(({ language }) => ['en', 'id', 'in'].includes(language))?.language;
  return spoken === 'id' || spoken === 'in' ? 'id' : 'en';
}
