import { type ReactNode, useEffect } from 'react';

/** The name of the browser's tab. */
export function useTabName(title: string): void {
  useEffect(() => {
    document.title = `${title} · Anycademy Discord`;
  }, [title]);
}

/** The heading of a page, which is also the name of its tab. */
export function PageTitle({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  useTabName(title);
  return (
    <div className="mb-6">
      <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
      {children !== undefined && <div className="mt-1 text-ink-soft">{children}</div>}
    </div>
  );
}
