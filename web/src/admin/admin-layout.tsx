import { clsx } from 'clsx';
import { NavLink, Outlet } from 'react-router';
import { useData } from '../api/data';
import { RequestError } from '../api/request';
import { ErrorState } from '../components/error-state';
import { SkeletonRows } from '../components/skeleton';
import { PageTitle } from '../shell/page-title';
import { viewer } from '../shell/viewer.generated';
import { useTexts } from '../texts/texts';
import { adminTexts } from './admin-texts';

const PAGES = [
  { path: '/admin', text: 'now' },
  { path: '/admin/servers', text: 'servers' },
  { path: '/admin/people', text: 'people' },
  { path: '/admin/log', text: 'log' },
  { path: '/admin/work', text: 'work' },
] as const;

/** What surrounds the admin's pages: the way between them. An instructor who comes here is told that it is not for them. */
export function AdminLayout() {
  const words = useTexts(adminTexts);
  const { data, error, refetch } = useData(viewer, {});
  if (!data) {
    return (
      <>
        <PageTitle title={words.title} />
        {error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows rows={3} />}
      </>
    );
  }
  if (data.viewer.role !== 'ADMIN') {
    return (
      <>
        <PageTitle title={words.title} />
        <ErrorState
          error={new RequestError('FORBIDDEN', 'Only admins see this page.')}
          onRetry={() => void refetch()}
        />
      </>
    );
  }
  return (
    <>
      <nav aria-label={words.pages} className="mb-8 flex flex-wrap gap-x-1 border-b border-line">
        {PAGES.map(({ path, text }) => (
          <NavLink
            key={path}
            to={path}
            end
            className={({ isActive }) =>
              clsx(
                'inline-flex min-h-11 shrink-0 items-center border-b-2 px-3 -outline-offset-2 sm:min-h-10',
                isActive ? 'border-accent font-medium text-ink' : 'border-transparent text-ink-soft hover:text-ink',
              )
            }
          >
            {words[text]}
          </NavLink>
        ))}
      </nav>
      <Outlet />
    </>
  );
}
