import { Check, LoaderCircle, TriangleAlert } from 'lucide-react';
import { type PreflightCheckId } from '../api/enums.generated';
import { type Language, useLanguage } from '../texts/language';
import { texts, useTexts } from '../texts/texts';

export interface CheckLine {
  readonly id: PreflightCheckId;
  readonly passed: boolean;
  readonly required: boolean;
  readonly message: string;
}

const checkTexts = texts(
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

/** How to mend each, where the service's own sentence is in another language than the page. */
const MEND: Partial<Record<Language, Readonly<Record<PreflightCheckId, string>>>> = {
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

/** The service names Discord's own dialog within its sentence. */
const ADDRESS = /\s*:?\s*https?:\/\/\S+/;

function AddBot({ message }: { readonly message: string }) {
  const words = useTexts(checkTexts);
  const address = /https?:\/\/\S+/.exec(message)?.[0];
  return (
    <>
      {' '}
      <a
        href={address}
        target="_blank"
        rel="noopener noreferrer"
        className="whitespace-nowrap text-accent underline underline-offset-3 hover:text-accent-strong"
      >
        {words.addBot}
      </a>
    </>
  );
}

/** Checks that a person has to mend, the required ones first, then what is in place. */
export function CheckList({ checks, isLive }: { readonly checks: readonly CheckLine[]; readonly isLive: boolean }) {
  const words = useTexts(checkTexts);
  const language = useLanguage();
  const rank = ({ passed, required }: CheckLine) => (passed ? 2 : required ? 0 : 1);
  const lines = [...checks].sort((a, b) => rank(a) - rank(b));
  const isMissing = checks.some(({ passed, required }) => required && !passed);
  return (
    <div>
      <ul aria-label={words.title} className="space-y-2">
        {lines.map(({ id, passed, required, message }) => (
          <li key={id} className="flex items-start gap-3">
            {passed ? (
              <Check role="img" aria-label={words.passed} className="mt-0.5 size-4 shrink-0 text-joined" />
            ) : (
              <TriangleAlert
                role="img"
                aria-label={words.failed}
                className={required ? 'mt-0.5 size-4 shrink-0 text-danger' : 'mt-0.5 size-4 shrink-0 text-ink-faint'}
              />
            )}
            <div className="min-w-0">
              <p className={passed ? undefined : 'font-medium'}>{words[id]}</p>
              {!passed && (
                <p className="text-ink-soft">
                  {!required && `${words.optional} `}
                  {MEND[language]?.[id] ?? message.replace(ADDRESS, '')}
                  {ADDRESS.test(message) && <AddBot message={message} />}
                </p>
              )}
            </div>
          </li>
        ))}
      </ul>
      {isLive && isMissing && (
        <p className="mt-3 flex items-center gap-2 text-ink-soft">
          <LoaderCircle aria-hidden className="size-4 animate-spin" />
          {words.checking}
        </p>
      )}
    </div>
  );
}
