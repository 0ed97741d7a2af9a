import { useLinkOutcome } from '../api/link-outcome';
import { Banner } from '../components/banner';
import { texts, useTexts } from '../texts/texts';

const returnTexts = texts(
  {
    cancelled: 'You cancelled at Discord. Nothing was changed.',
    CONFLICT:
      'This Discord account is already connected to another Anycademy account. Use another one, or disconnect it there.',
    BAD_USER_INPUT: 'That took too long, or was begun in another browser. Try again.',
    error: 'Discord could not be connected. Try again in a moment.',
  },
  {
    cancelled: 'Kamu membatalkan di Discord. Tidak ada yang berubah.',
    CONFLICT: 'Akun Discord ini sudah terhubung ke akun Anycademy lain. Pakai akun lain, atau putuskan di sana.',
    BAD_USER_INPUT: 'Itu terlalu lama, atau dimulai di peramban lain. Coba lagi.',
    error: 'Discord tidak bisa dihubungkan. Coba lagi sebentar lagi.',
  },
);

/** Back from Discord without what we asked for: why. */
export function LinkReturn() {
  const words = useTexts(returnTexts);
  const seen = useLinkOutcome();
  if (seen === null || seen.outcome === 'connected') return null;
  const { outcome, code } = seen;
  const text = outcome === 'error' && (code === 'CONFLICT' || code === 'BAD_USER_INPUT') ? code : outcome;
  return (
    <div role="status" className="mb-6">
      <Banner kind={outcome === 'cancelled' ? 'info' : 'trouble'} title={words[text]} />
    </div>
  );
}
