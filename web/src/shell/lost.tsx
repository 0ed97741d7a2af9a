import { Compass } from 'lucide-react';
import { isRouteErrorResponse, useRouteError } from 'react-router';
import { ButtonLink, Button } from '../components/button';
import { EmptyState } from '../components/empty-state';
import { texts, useTexts } from '../texts/texts';
import { useTabName } from './page-title';

const lostTexts = texts(
  {
    missing: 'There is no such page.',
    missingMeans: 'The address may be mistyped, or the page has moved.',
    home: 'Go to your page',
    broken: 'This page has a fault.',
    brokenMeans: 'Nothing was lost. Load it again; if it goes on, tell the people who run this.',
    again: 'Load again',
  },
  {
    missing: 'Halaman ini tidak ada.',
    missingMeans: 'Mungkin alamatnya salah ketik, atau halamannya sudah pindah.',
    home: 'Ke halamanmu',
    broken: 'Halaman ini bermasalah.',
    brokenMeans: 'Tidak ada yang hilang. Muat ulang; kalau tetap begini, beri tahu pengelolanya.',
    again: 'Muat ulang',
  },
);

/** An address that leads nowhere, or a page that failed. */
export function Lost() {
  const words = useTexts(lostTexts);
  const error = useRouteError();
  const isMissing = error === undefined || isRouteErrorResponse(error);
  const title = isMissing ? words.missing : words.broken;
  useTabName(title);
  return (
    <main className="mx-auto max-w-2xl py-16">
      <EmptyState
        icon={Compass}
        isPage
        title={title}
        action={
          isMissing ? (
            <ButtonLink to="/">{words.home}</ButtonLink>
          ) : (
            <Button onClick={() => location.reload()}>{words.again}</Button>
          )
        }
      >
        {isMissing ? words.missingMeans : words.brokenMeans}
      </EmptyState>
    </main>
  );
}
