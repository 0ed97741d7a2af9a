import { type Language } from '../common/language';

/** What pressing Join came to where a link is concerned. */
export type LinkOutcome = 'OPEN' | 'INSTEAD_OF_BOT' | 'DEAD';

const SENTENCES = {
  OPEN: {
    en: 'Open the link to join {server}.',
    id: 'Buka tautan untuk bergabung ke {server}.',
  },
  INSTEAD_OF_BOT: {
    en: 'We cannot bring you in by ourselves just now. Open the link to join {server}; the rest follows by itself.',
    id: 'Kami belum bisa memasukkanmu sendiri sekarang. Buka tautan untuk bergabung ke {server}; sisanya menyusul sendiri.',
  },
  DEAD: {
    en: 'The invite link of {course} no longer works. Its staff can see that and has to give a new one; try again later.',
    id: 'Tautan undangan {course} sudah tidak berlaku. Pengajarnya bisa melihat itu dan perlu memberi tautan baru; coba lagi nanti.',
  },
} as const satisfies Record<LinkOutcome, Record<Language, string>>;

const THE_SERVER = { en: 'the Discord server', id: 'server Discord' } as const satisfies Record<Language, string>;

/** How staff mends a link that Discord no longer knows. */
const MENDING = {
  en: 'Discord no longer knows this invite: it has expired, was used up, or was deleted. In Discord, open the server’s menu → Invite People → Edit invite link, choose “Never” and “No limit”, and paste the new link here.',
  id: 'Discord tidak lagi mengenal undangan ini: sudah kedaluwarsa, habis dipakai, atau dihapus. Di Discord, buka menu server → Undang Orang → Edit tautan undangan, pilih “Jangan pernah” dan “Tanpa batas”, lalu tempelkan tautan baru di sini.',
} as const satisfies Record<Language, string>;

/** What there is to say to whoever pressed. */
export function explainLink(
  outcome: LinkOutcome,
  names: { readonly server: string | null; readonly course: string },
  language: Language,
): string {
  return SENTENCES[outcome][language].replace(/\{(server|course)\}/g, (_, key: string) =>
    key === 'server' ? (names.server ?? THE_SERVER[language]) : names.course,
  );
}

export function explainMending(language: Language): string {
  return MENDING[language];
}
