import { Link } from 'react-router';

export function Brand() {
  return (
    <Link to="/" className="inline-flex min-h-11 items-center gap-2 font-semibold sm:min-h-10">
      <img src="/icon.svg" alt="" className="size-6" />
      Anycademy <span className="font-normal text-ink-soft max-sm:sr-only">Discord</span>
    </Link>
  );
}
