import { createBrowserRouter } from 'react-router';
import { AppShell } from './shell/app-shell';
import { Home } from './shell/home';
import { Lost } from './shell/lost';

/**
 * Every page, each loaded when it is first opened. The service answers addresses that stand here with the page, so a
 * new one is also named in src/pages/page-routes.ts.
 */
export const router = createBrowserRouter([
  {
    errorElement: <Lost />,
    // While the first page's code arrives.
    hydrateFallbackElement: <></>,
    children: [
      { path: '/sign-in', lazy: async () => ({ Component: (await import('./sign-in/sign-in-page')).SignInPage }) },
      {
        Component: AppShell,
        children: [
          { path: '/', Component: Home },
          { path: '/me', lazy: async () => ({ Component: (await import('./student/me-page')).MePage }) },
        ],
      },
    ],
  },
]);
