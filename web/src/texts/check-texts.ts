import { type PreflightCheckId } from '../api/enums.generated';
import { type Language } from './language';
import { texts } from './texts';

export const checkTexts = texts(
  {
    BOT_PRESENT: 'The bot is in the server',
    CREATE_INVITE: 'The bot can invite',
    KICK_MEMBERS: 'The bot can remove',
    MANAGE_ROLES: 'The bot can give roles',
    VIEW_CHANNEL: 'The bot sees the channel',
    SEND_MESSAGES: 'The bot can write in the channel',
    VIEW_AUDIT_LOG: 'The bot sees who removed somebody',
    ROLE_EXISTS: 'The student role exists',
    ROLE_BELOW_BOT: 'The bot can give the student role',
    CHANNEL_EXISTS: 'The channel exists',
    MEMBERS_INTENT: 'The bot sees who joins and leaves',
    VIEWER_MANAGES_GUILD: 'You manage this server',
    title: 'What the bot needs',
    passed: 'in place',
    failed: 'missing',
    optional: 'Not required.',
    addBot: 'Add the bot',
    checking: 'Checked again by itself: it turns green once it is mended.',
  },
  {
    BOT_PRESENT: 'Bot ada di server',
    CREATE_INVITE: 'Bot bisa mengundang',
    KICK_MEMBERS: 'Bot bisa mengeluarkan',
    MANAGE_ROLES: 'Bot bisa memberi peran',
    VIEW_CHANNEL: 'Bot melihat salurannya',
    SEND_MESSAGES: 'Bot bisa menulis di saluran',
    VIEW_AUDIT_LOG: 'Bot melihat siapa yang mengeluarkan',
    ROLE_EXISTS: 'Peran siswa ada',
    ROLE_BELOW_BOT: 'Bot bisa memberi peran siswa',
    CHANNEL_EXISTS: 'Saluran ada',
    MEMBERS_INTENT: 'Bot melihat siapa yang masuk dan keluar',
    VIEWER_MANAGES_GUILD: 'Kamu mengelola server ini',
    title: 'Yang dibutuhkan bot',
    passed: 'siap',
    failed: 'belum',
    optional: 'Tidak wajib.',
    addBot: 'Tambahkan bot',
    checking: 'Diperiksa lagi dengan sendirinya: menjadi hijau setelah dibetulkan.',
  },
);

/** How to mend each, where the service's own sentence is in another language than the page, or names an address. */
const MEND: Record<Language, Partial<Readonly<Record<PreflightCheckId, string>>>> = {
  en: { BOT_PRESENT: 'The bot is not in this server. Somebody with “Manage Server” can add it.' },
  id: {
    BOT_PRESENT: 'Bot tidak ada di server ini. Tambahkan bot.',
    CREATE_INVITE: 'Nyalakan “Create Invite” untuk peran bot di Server settings → Roles, dan di saluran yang dipilih.',
    KICK_MEMBERS:
      'Nyalakan “Kick Members” untuk peran bot di Server settings → Roles, atau pilih untuk mencabut peran saja.',
    MANAGE_ROLES: 'Nyalakan “Manage Roles” untuk peran bot di Server settings → Roles.',
    VIEW_CHANNEL: 'Izinkan bot “View Channel” di pengaturan saluran itu → Permissions.',
    SEND_MESSAGES: 'Izinkan bot “Send Messages” di pengaturan saluran itu → Permissions.',
    VIEW_AUDIT_LOG: 'Tanpa “View Audit Log” tidak terlihat siapa yang mengeluarkan siswa; selebihnya tetap jalan.',
    ROLE_EXISTS: 'Peran siswa yang dipilih sudah tidak ada. Pilih peran lain, atau minta bot membuatnya.',
    ROLE_BELOW_BOT:
      'Geser peran bot ke atas peran siswa di Server settings → Roles, atau pilih peran biasa tanpa izin khusus.',
    CHANNEL_EXISTS: 'Saluran yang dipilih sudah tidak ada. Pilih saluran teks lain.',
    MEMBERS_INTENT: 'Pengelola layanan perlu menyalakan “Server Members Intent” di Developer Portal Discord.',
    VIEWER_MANAGES_GUILD: 'Minta pemilik server memberimu peran dengan “Manage Server”.',
  },
};

/** What is wrong and how it is mended, in a sentence. @param message the service's own */
export function mendSentence(id: PreflightCheckId, message: string, language: Language): string {
  return MEND[language][id] ?? message;
}
