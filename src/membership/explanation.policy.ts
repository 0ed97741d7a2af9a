import { type Language } from '../common/language';
import { type MembershipReason, type MembershipStatus } from './claim.policy';

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

/** Who reads of a membership: the student whose it is (`you`), or somebody else (`they`). */
export type Person = 'you' | 'they';

/** {server} and {course} are replaced by their names. */
type Explanation = { readonly nextStep: NextStep | null } & Readonly<
  Record<Language, Readonly<Record<Person, string>>>
>;

const EXPLANATIONS = {
  QUEUED: {
    nextStep: 'WAIT',
    en: {
      you: "You're next: you will be in {server} in a moment.",
      they: "They're next: they will be in {server} in a moment.",
    },
    id: { you: 'Sebentar lagi kamu masuk ke {server}.', they: 'Sebentar lagi ia masuk ke {server}.' },
  },
  NOT_INVITED: {
    nextStep: 'JOIN',
    en: { you: 'You can join {server} whenever you like.', they: 'They can join {server} whenever they like.' },
    id: { you: 'Kamu bisa bergabung ke {server} kapan saja.', they: 'Ia bisa bergabung ke {server} kapan saja.' },
  },
  ACCOUNT_NOT_LINKED: {
    nextStep: 'CONNECT_DISCORD',
    en: {
      you: "You're not in {server} yet, because no Discord account is connected. Connect yours, and you are in.",
      they: "They're not in {server} yet, because they have not connected a Discord account. As soon as they do, they are in.",
    },
    id: {
      you: 'Kamu belum ada di {server} karena akun Discord belum terhubung. Hubungkan akunmu, lalu kamu langsung masuk.',
      they: 'Ia belum ada di {server} karena belum menghubungkan akun Discord. Begitu terhubung, ia langsung masuk.',
    },
  },
  CONNECTION_REVOKED: {
    nextStep: 'RECONNECT_DISCORD',
    en: {
      you: "You're not in {server} yet: Discord no longer accepts our link to your account. Connect it again.",
      they: "They're not in {server} yet: Discord no longer accepts our link to their account. They have to connect it again.",
    },
    id: {
      you: 'Kamu belum ada di {server}: Discord tidak lagi menerima tautan ke akunmu. Hubungkan lagi.',
      they: 'Ia belum ada di {server}: Discord tidak lagi menerima tautan ke akunnya. Ia perlu menghubungkannya lagi.',
    },
  },
  INVITE_OPEN: {
    nextStep: 'OPEN_INVITE',
    en: {
      you: 'Your invite to {server} is ready. It works once, within a day.',
      they: 'Their invite to {server} is ready. It works once, within a day, and for them only.',
    },
    id: {
      you: 'Undanganmu ke {server} sudah siap. Berlaku satu kali, dalam sehari.',
      they: 'Undangannya ke {server} sudah siap. Berlaku satu kali, dalam sehari, dan hanya untuknya.',
    },
  },
  INVITE_EXPIRED: {
    nextStep: 'REQUEST_NEW_INVITE',
    en: {
      you: 'Your invite to {server} is no longer valid. Ask for a new one.',
      they: 'Their invite to {server} is no longer valid. They can ask for a new one, or you can invite them again.',
    },
    id: {
      you: 'Undanganmu ke {server} sudah tidak berlaku. Minta yang baru.',
      they: 'Undangannya ke {server} sudah tidak berlaku. Ia bisa meminta yang baru, atau kamu bisa mengundangnya lagi.',
    },
  },
  GUILD_LIMIT_REACHED: {
    nextStep: 'LEAVE_A_SERVER',
    en: {
      you: "You're not in {server} yet. Discord says your account is in as many servers as it can be. Leave one, then try again.",
      they: "They're not in {server} yet. Discord says their account is in as many servers as it can be; they have to leave one first.",
    },
    id: {
      you: 'Kamu belum ada di {server}. Menurut Discord akunmu sudah mencapai batas jumlah server. Keluar dari salah satu, lalu coba lagi.',
      they: 'Ia belum ada di {server}. Menurut Discord akunnya sudah mencapai batas jumlah server; ia harus keluar dari salah satu dulu.',
    },
  },
  JOINING_LIMITED: {
    nextStep: 'WAIT',
    en: {
      you: 'Discord is keeping your account from joining new servers for now. Try again later.',
      they: 'Discord is keeping their account from joining new servers for now.',
    },
    id: {
      you: 'Untuk sementara Discord membatasi akunmu bergabung ke server baru. Coba lagi nanti.',
      they: 'Untuk sementara Discord membatasi akunnya bergabung ke server baru.',
    },
  },
  BANNED: {
    nextStep: null,
    en: {
      you: 'You are banned from {server}. Only its moderators can lift that.',
      they: 'They are banned from {server}. Only its moderators can lift that.',
    },
    id: {
      you: 'Kamu diblokir dari {server}. Hanya moderatornya yang bisa mencabutnya.',
      they: 'Ia diblokir dari {server}. Hanya moderator server itu yang bisa mencabutnya.',
    },
  },
  SERVER_NOT_READY: {
    nextStep: 'FIX_SERVER',
    en: {
      you: '{server} is not ready: the bot is missing something there. Course staff can see what, and you are let in as soon as it is mended.',
      they: '{server} is not ready: the bot is missing something there. Its checks say what, and students are let in as soon as it is mended.',
    },
    id: {
      you: '{server} belum siap: ada yang kurang pada bot di sana. Pengajar dapat melihatnya, dan kamu masuk segera setelah diperbaiki.',
      they: '{server} belum siap: ada yang kurang pada bot di sana. Pemeriksaannya menunjukkan apa, dan siswa masuk segera setelah diperbaiki.',
    },
  },
  DISCORD_UNAVAILABLE: {
    nextStep: 'WAIT',
    en: {
      you: 'Discord is not answering at the moment. We keep trying; there is nothing you need to do.',
      they: 'Discord is not answering for them at the moment. We keep trying; there is nothing anybody needs to do.',
    },
    id: {
      you: 'Discord sedang tidak menjawab. Kami terus mencoba; kamu tidak perlu melakukan apa-apa.',
      they: 'Discord sedang tidak menjawab untuknya. Kami terus mencoba; tidak ada yang perlu dilakukan.',
    },
  },
  ADDED: {
    nextStep: null,
    en: { you: "You're in {server}.", they: "They're in {server}." },
    id: { you: 'Kamu sudah ada di {server}.', they: 'Ia sudah ada di {server}.' },
  },
  USED_INVITE: {
    nextStep: null,
    en: {
      you: "You're in {server}: you came by your invite.",
      they: "They're in {server}: they came by their invite.",
    },
    id: {
      you: 'Kamu sudah ada di {server}: kamu masuk lewat undanganmu.',
      they: 'Ia sudah ada di {server}: ia masuk lewat undangannya.',
    },
  },
  ALREADY_MEMBER: {
    nextStep: null,
    en: { you: "You're in {server}. You were there already.", they: "They're in {server}. They were there already." },
    id: {
      you: 'Kamu sudah ada di {server}. Kamu memang sudah bergabung sebelumnya.',
      they: 'Ia sudah ada di {server}. Ia memang sudah bergabung sebelumnya.',
    },
  },
  SCREENING_PENDING: {
    nextStep: 'COMPLETE_SCREENING',
    en: {
      you: "You're in {server}, but have not accepted its rules yet. Open it in Discord and accept them.",
      they: "They're in {server}, but have not accepted its rules yet.",
    },
    id: {
      you: 'Kamu sudah ada di {server}, tetapi belum menyetujui peraturannya. Buka di Discord dan setujui.',
      they: 'Ia sudah ada di {server}, tetapi belum menyetujui peraturannya.',
    },
  },
  GRACE_PERIOD: {
    nextStep: null,
    en: {
      you: 'Your access to {course} has ended. You can stay in {server} a little longer.',
      they: 'Their access to {course} has ended. They can stay in {server} a little longer.',
    },
    id: {
      you: 'Aksesmu ke {course} sudah berakhir. Kamu masih bisa berada di {server} sebentar lagi.',
      they: 'Aksesnya ke {course} sudah berakhir. Ia masih bisa berada di {server} sebentar lagi.',
    },
  },
  // Held by the brake, paused, cancelled or undone; also found missing together with many others.
  REMOVAL_HELD: {
    nextStep: 'CONFIRM_REMOVALS',
    en: {
      you: 'Your place in {server} stays as it is until the staff of {course} decides.',
      they: 'Their place in {server} stays as it is until the staff of {course} decides.',
    },
    id: {
      you: 'Tempatmu di {server} tetap seperti semula sampai pengajar {course} memutuskan.',
      they: 'Tempatnya di {server} tetap seperti semula sampai pengajar {course} memutuskan.',
    },
  },
  LEFT_BY_CHOICE: {
    nextStep: 'REJOIN',
    en: {
      you: 'You left {server}. You can come back whenever you like.',
      they: 'They left {server}. They can come back whenever they like.',
    },
    id: {
      you: 'Kamu keluar dari {server}. Kamu bisa kembali kapan saja.',
      they: 'Ia keluar dari {server}. Ia bisa kembali kapan saja.',
    },
  },
  ENROLLMENT_ENDED: {
    nextStep: null,
    en: {
      you: 'Your access to {course} has ended, and with it your access to {server}.',
      they: 'Their access to {course} has ended, and with it their access to {server}.',
    },
    id: {
      you: 'Aksesmu ke {course} sudah berakhir, begitu juga aksesmu ke {server}.',
      they: 'Aksesnya ke {course} sudah berakhir, begitu juga aksesnya ke {server}.',
    },
  },
  REMOVED_BY_STAFF: {
    nextStep: null,
    en: {
      you: 'Staff removed you from {server}. Only they can let you back in.',
      they: 'Staff removed them from {server}. Only staff can let them back in.',
    },
    id: {
      you: 'Pengajar mengeluarkanmu dari {server}. Hanya mereka yang bisa memasukkanmu lagi.',
      they: 'Pengajar mengeluarkannya dari {server}. Hanya pengajar yang bisa memasukkannya lagi.',
    },
  },
  STILL_ENROLLED_ELSEWHERE: {
    nextStep: null,
    en: {
      you: 'Your access to {course} has ended. You stay in {server} because of another course.',
      they: 'Their access to {course} has ended. They stay in {server} because of another course.',
    },
    id: {
      you: 'Aksesmu ke {course} sudah berakhir. Kamu tetap ada di {server} karena kursus lain.',
      they: 'Aksesnya ke {course} sudah berakhir. Ia tetap ada di {server} karena kursus lain.',
    },
  },
  PROTECTED_MEMBER: {
    nextStep: null,
    en: {
      you: 'Your access to {course} has ended. You stay in {server}, without the student role.',
      they: 'Their access to {course} has ended. They stay in {server}, without the student role.',
    },
    id: {
      you: 'Aksesmu ke {course} sudah berakhir. Kamu tetap ada di {server}, tanpa peran siswa.',
      they: 'Aksesnya ke {course} sudah berakhir. Ia tetap ada di {server}, tanpa peran siswa.',
    },
  },
} as const satisfies Record<MembershipReason, Explanation>;

/** What there is to say of a membership, to the student or to somebody else. */
export function explain(
  reason: MembershipReason,
  names: { readonly server: string; readonly course: string },
  language: Language,
  person: Person,
): string {
  return EXPLANATIONS[reason][language][person].replace(/\{(server|course)\}/g, (_, key: string) =>
    key === 'server' ? names.server : names.course,
  );
}

export function nextStepOf(reason: MembershipReason): NextStep | null {
  return EXPLANATIONS[reason].nextStep;
}
