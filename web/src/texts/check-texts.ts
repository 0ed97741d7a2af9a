import { type PreflightCheckId } from '../api/enums.generated';
import { texts, useTexts } from './texts';

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
    absent: 'The bot is not in this server. Somebody with “Manage Server” can add it.',
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
    absent: 'Bot tidak ada di server ini. Siapa pun dengan “Manage Server” bisa menambahkannya.',
    addBot: 'Tambahkan bot',
    checking: 'Diperiksa lagi dengan sendirinya: menjadi hijau setelah dibetulkan.',
  },
);

/** What is wrong and how it is mended: what the service says, except where that names an address that is shown as a link. */
export function useMending(): (check: { readonly id: PreflightCheckId; readonly message: string }) => string {
  const words = useTexts(checkTexts);
  return ({ id, message }) => (id === 'BOT_PRESENT' ? words.absent : message);
}
