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
          {
            path: '/admin',
            lazy: async () => ({ Component: (await import('./admin/admin-layout')).AdminLayout }),
            children: [
              {
                index: true,
                lazy: async () => ({ Component: (await import('./admin/overview-page')).OverviewPage }),
              },
              {
                path: 'servers',
                lazy: async () => ({ Component: (await import('./admin/servers-page')).ServersPage }),
              },
              { path: 'people', lazy: async () => ({ Component: (await import('./admin/people-page')).PeoplePage }) },
              { path: 'log', lazy: async () => ({ Component: (await import('./admin/log-page')).LogPage }) },
              { path: 'work', lazy: async () => ({ Component: (await import('./admin/work-page')).WorkPage }) },
            ],
          },
          {
            path: '/courses',
            lazy: async () => ({ Component: (await import('./instructor/courses-page')).CoursesPage }),
          },
          {
            path: '/courses/:id/discord',
            lazy: async () => ({ Component: (await import('./instructor/course-page')).CoursePage }),
          },
        ],
      },
    ],
  },
]);
