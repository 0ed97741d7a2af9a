import { WifiOff } from 'lucide-react';
import { useConnection } from '../api/connection';
import { texts, useTexts } from '../texts/texts';

const offlineTexts = texts(
  { lost: 'No connection. What you see may be out of date; it catches up by itself.' },
  { lost: 'Tidak ada koneksi. Yang terlihat mungkin sudah lama; nanti diperbarui sendiri.' },
);

/** Above the page while it does not follow what happens. */
export function OfflineBanner() {
  const words = useTexts(offlineTexts);
  const isLost = useConnection() === 'lost';
  return (
    <div role="status">
      {isLost && (
        <p className="flex items-center justify-center gap-2 bg-trouble-soft px-4 py-2 text-trouble">
          <WifiOff aria-hidden className="size-4 shrink-0" />
          {words.lost}
        </p>
      )}
    </div>
  );
}
