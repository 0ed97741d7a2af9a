import { useContext, useEffect } from 'react';
import { useData } from '../api/data';
import { viewer as viewerQuery } from '../shell/viewer.generated';
import { me, type MeQuery } from '../student/me.generated';
import { WorldContext } from './world';

interface Mine {
  readonly userId: string | null;
  /** Undefined until it is known. */
  readonly data: MeQuery | undefined;
  readonly error: Error | null;
  readonly retry: () => void;
}

/** Whoever looks, with their account and courses. */
export function useMe(): Mine {
  const known = useData(viewerQuery, {});
  const userId = known.data?.viewer.id ?? null;
  const mine = useData(me, { userId: userId ?? '' }, { enabled: userId !== null });
  return {
    userId,
    data: mine.data,
    error: known.error ?? mine.error,
    retry: () => void (known.data ? mine : known).refetch(),
  };
}

/** The same, live as long as the component is there. */
export function useMine(): Mine {
  const follow = useContext(WorldContext)?.follow;
  useEffect(() => follow?.(), [follow]);
  return useMe();
}
