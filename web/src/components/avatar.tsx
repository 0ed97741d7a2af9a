import { clsx } from 'clsx';
import { useState } from 'react';
import { usePicture } from '../api/picture';
import { picturePath } from './picture-path';

/** A person's or a server's picture, through our own address; without one the first letter. */
export function Avatar({
  url,
  name,
  className = 'size-8',
}: {
  readonly url: string | null;
  readonly name: string;
  readonly className?: string;
}) {
  const [failed, setFailed] = useState<string | null>(null);
  const path = usePicture(picturePath(url));
  if (path === null || failed === path) {
    return (
      <span
        aria-hidden
        className={clsx(
          'grid shrink-0 place-items-center rounded-full bg-accent-soft font-medium text-accent',
          className,
        )}
      >
        {(name.match(/\p{L}|\p{N}/u)?.[0] ?? '?').toUpperCase()}
      </span>
    );
  }
  return (
    <img
      src={path}
      alt=""
      className={clsx('shrink-0 rounded-full bg-waiting-soft object-cover', className)}
      onError={() => setFailed(path)}
    />
  );
}
