import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router/dom';
import { newQueryClient } from './api/data';
import { Toasts } from './components/toast';
import { router } from './routes';
import { currentLanguage } from './texts/language';
import './styles.css';

const queries = newQueryClient(() => {
  const { pathname, search } = location;
  if (pathname === '/sign-in') return;
  // Signing in with Discord leads back here with what went wrong, for the sign-in page to say.
  const here = new URLSearchParams(search);
  const told = new URLSearchParams();
  for (const name of ['discord', 'code']) {
    const value = here.get(name);
    if (value !== null) told.set(name, value);
    here.delete(name);
  }
  const back = here.size > 0 ? `${pathname}?${here.toString()}` : pathname;
  if (back !== '/') told.set('returnTo', back);
  void router.navigate(`/sign-in?${told.toString()}`, { replace: true });
});

document.documentElement.lang = currentLanguage();
const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root.');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
      <Toasts />
    </QueryClientProvider>
  </StrictMode>,
);
