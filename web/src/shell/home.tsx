import { Navigate } from 'react-router';
import { useData } from '../api/data';
import { codeOf } from '../api/request';
import { ErrorState } from '../components/error-state';
import { SkeletonRows } from '../components/skeleton';
import { homeOf } from './places';
import { viewer } from './viewer.generated';

/** `/`: to whichever page is theirs. Somebody who is not signed in is sent to sign in. */
export function Home() {
  const { data, error, refetch } = useData(viewer, {});
  if (data) return <Navigate replace to={homeOf(data.viewer.role)} />;
  // Whoever is not signed in is on the way to the page where they can be.
  if (error && codeOf(error) !== 'UNAUTHENTICATED') return <ErrorState error={error} onRetry={() => void refetch()} />;
  return <SkeletonRows rows={3} />;
}
