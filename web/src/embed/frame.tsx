import { QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, Suspense, useContext, useEffect, useRef, useState } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { ServiceContext } from '../api/service';
import { DialogPlace } from '../components/dialog';
import { SkeletonRows } from '../components/skeleton';
import { LanguageContext } from '../texts/language';
import css from './embed.css?inline';
import { type World, WorldContext } from './world';

let sheet: CSSStyleSheet | undefined;

/** One for all: made by a script, which a content security policy without inline styles allows. */
function styles(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
  }
  return sheet;
}

interface Inside {
  readonly place: HTMLElement;
  readonly root: Root;
}

/**
 * Where a component stands in a page of others: in a shadow root, with a React root of its own, so that neither styles nor
 * events of the two worlds meet. (Through a portal the page would hear every click twice.)
 */
export function Frame({
  kind,
  children,
}: {
  readonly kind: 'inline' | 'block' | 'overlay';
  readonly children: ReactNode;
}) {
  const world = useContext(WorldContext);
  if (!world) throw new Error('Put <AnycademyDiscord endpoint={…} getToken={…}> around the components.');
  const [host, setHost] = useState<HTMLElement | null>(null);
  const inside = useRef<Inside>(null);

  useEffect(() => {
    if (!host) return;
    const shadow = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
    shadow.adoptedStyleSheets = [styles()];
    const place = document.createElement('div');
    place.className = 'embedded';
    place.dataset['kind'] = kind;
    shadow.append(place);
    const root = createRoot(place);
    inside.current = { place, root };
    return () => {
      inside.current = null;
      place.remove();
      // Not while the page's own React is at work.
      setTimeout(() => root.unmount());
    };
  }, [host, kind]);

  useEffect(() => {
    if (!inside.current) return;
    const { place, root } = inside.current;
    place.lang = world.language;
    place.dataset['theme'] = world.theme;
    root.render(
      <Around world={world} place={place}>
        <Suspense fallback={<SkeletonRows rows={3} />}>{children}</Suspense>
      </Around>,
    );
  });
  return <span ref={setHost} />;
}

function Around({
  world,
  place,
  children,
}: {
  readonly world: World;
  readonly place: HTMLElement;
  readonly children: ReactNode;
}) {
  return (
    <WorldContext value={world}>
      <ServiceContext value={world.service}>
        <LanguageContext value={world.language}>
          <QueryClientProvider client={world.queries}>
            <DialogPlace value={place}>{children}</DialogPlace>
          </QueryClientProvider>
        </LanguageContext>
      </ServiceContext>
    </WorldContext>
  );
}
