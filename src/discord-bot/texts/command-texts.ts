import { ApplicationIntegrationType, InteractionContextType, PermissionFlagsBits } from 'discord-api-types/v10';
import { type Language } from '../../common/language';

/** What Discord shows of the commands and their options, up to 100 characters each. */
const DESCRIPTIONS = {
  why: {
    en: 'Why somebody is, or is not, in this server, and the one thing to do',
    id: 'Mengapa seseorang ada atau tidak ada di server ini, dan satu hal yang perlu dilakukan',
  },
  'why.member': {
    en: 'A student, a member of this server or an id; the list opens while you type',
    id: 'Siswa, anggota server ini atau id; daftarnya muncul saat kamu mengetik',
  },
  connect: {
    en: 'Your own course access in this server: connect Discord, or come back',
    id: 'Akses kursusmu di server ini: hubungkan Discord, atau kembali',
  },
  'invite-student': {
    en: 'Invites a student again, also one who left or was removed',
    id: 'Mengundang siswa lagi, juga yang keluar atau dikeluarkan',
  },
  'remove-student': {
    en: 'Ends a student’s access to a course’s server',
    id: 'Mengakhiri akses siswa ke server kursus',
  },
  'remove-student.reason': { en: 'Why, for the log', id: 'Alasannya, untuk catatan' },
  'sync-enrollment': {
    en: 'Shows what differs between a course and its server, and repairs it',
    id: 'Menunjukkan perbedaan antara kursus dan servernya, lalu memperbaikinya',
  },
  'server-stats': {
    en: 'How your courses in this server are doing',
    id: 'Bagaimana keadaan kursusmu di server ini',
  },
  student: {
    en: 'A name, a Discord account or an id; the list opens while you type',
    id: 'Nama, akun Discord atau id; daftarnya muncul saat kamu mengetik',
  },
  course: { en: 'One of your courses in this server', id: 'Salah satu kursusmu di server ini' },
} as const satisfies Record<string, Readonly<Record<Language, string>>>;
type Described = keyof typeof DESCRIPTIONS;

/** The description of a command or option, in both languages. */
export function described(name: Described) {
  const { en, id } = DESCRIPTIONS[name];
  return { description: en, descriptionLocalizations: { id } };
}

const INSIDE_SERVERS = {
  contexts: [InteractionContextType.Guild],
  integrationTypes: [ApplicationIntegrationType.GuildInstall],
};

/** Everybody in a server sees it. */
export function everybodys<Name extends Described>(name: Name) {
  return { name, ...described(name), ...INSIDE_SERVERS };
}

/** Seen by those who manage the server; whether they may use it depends on what they teach. */
export function staffs<Name extends Described>(name: Name) {
  return { ...everybodys(name), defaultMemberPermissions: PermissionFlagsBits.ManageGuild };
}

/** The same in the menu of a member. */
export const COURSE_ACCESS = {
  name: 'Course access',
  nameLocalizations: { id: 'Akses kursus' },
  ...INSIDE_SERVERS,
  defaultMemberPermissions: PermissionFlagsBits.ManageGuild,
};
