import { useInRouterContext } from 'react-router';
import { codeOf } from '../api/request';
import { texts, useTexts } from '../texts/texts';
import { Banner } from './banner';
import { Button, ButtonLink } from './button';

const errorTexts = texts(
  {
    offline: 'No connection.',
    offlineMeans: 'This page cannot reach the service. It tries again by itself as soon as you are online.',
    forbidden: 'This page is not for you.',
    forbiddenMeans: 'Your account may not see it. Ask whoever sent you here.',
    missing: 'There is nothing here.',
    missingMeans: 'It was deleted, or you may not see it.',
    busy: 'Too many requests.',
    busyMeans: 'Wait a minute, then try again.',
    signedOut: 'You are not signed in.',
    signedOutMeans: 'Sign in again, then try again.',
    other: 'This did not work.',
    otherMeans: 'Nothing was lost. Try again; if it goes on, tell the people who run this.',
    again: 'Try again',
    home: 'Go to your page',
  },
  {
    offline: 'Tidak ada koneksi.',
    offlineMeans: 'Halaman ini tidak bisa menjangkau layanan. Nanti dicoba lagi sendiri begitu kamu online.',
    forbidden: 'Halaman ini bukan untukmu.',
    forbiddenMeans: 'Akunmu tidak boleh melihatnya. Tanyakan kepada yang mengirimmu ke sini.',
    missing: 'Tidak ada apa-apa di sini.',
    missingMeans: 'Sudah dihapus, atau kamu tidak boleh melihatnya.',
    busy: 'Terlalu banyak permintaan.',
    busyMeans: 'Tunggu sebentar, lalu coba lagi.',
    signedOut: 'Kamu belum masuk.',
    signedOutMeans: 'Masuk lagi, lalu coba lagi.',
    other: 'Ini tidak berhasil.',
    otherMeans: 'Tidak ada yang hilang. Coba lagi; kalau tetap begini, beri tahu pengelolanya.',
    again: 'Coba lagi',
    home: 'Ke halamanmu',
  },
);

type Kind = 'offline' | 'forbidden' | 'missing' | 'busy' | 'signedOut' | 'other';

const KIND_OF: Readonly<Record<string, Kind>> = {
  OFFLINE: 'offline',
  FORBIDDEN: 'forbidden',
  NOT_FOUND: 'missing',
  RATE_LIMITED: 'busy',
  UNAUTHENTICATED: 'signedOut',
};

/** What went wrong, in a sentence for a person: for a toast. */
export function useErrorSentence(): (error: unknown) => string {
  const words = useTexts(errorTexts);
  return (error) => {
    const kind = KIND_OF[codeOf(error)] ?? 'other';
    // What the service refuses on purpose it explains itself.
    if (kind === 'other' && codeOf(error) !== 'INTERNAL_SERVER_ERROR' && error instanceof Error) return error.message;
    return `${words[kind]} ${words[`${kind}Means`]}`;
  };
}

/** Instead of what could not be loaded: what happened, what it means, one button. */
export function ErrorState({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  const words = useTexts(errorTexts);
  const kind = KIND_OF[codeOf(error)] ?? 'other';
  // In a page of the platform there is no page of ours to go to.
  const hasHome = useInRouterContext();
  return (
    <div role="alert">
      <Banner
        kind={kind === 'other' ? 'danger' : 'trouble'}
        title={words[kind]}
        action={
          hasHome && (kind === 'forbidden' || kind === 'missing') ? (
            <ButtonLink to="/">{words.home}</ButtonLink>
          ) : (
            <Button onClick={onRetry}>{words.again}</Button>
          )
        }
      >
        {words[`${kind}Means`]}
      </Banner>
    </div>
  );
}
