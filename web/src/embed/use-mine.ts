import { useContext, useEffect } from 'react';
import { useData } from '../api/data';
import { me, type MeQuery } from '../student/me.generated';
import { WorldContext } from './world';

interface Mine {
  /** Undefined until it is known. */
  readonly data: MeQuery | undefined;
  readonly error: Error | null;
  readonly retry: () => void;
}

/** Whoever looks, with their account and courses. */
export function useMe(): Mine {
  const { data, error, refetch } = useData(me, {});
  return { data, error, retry: () => void refetch() };
}

/** The same, live as long as the component is there. */
export function useMine(): Mine {
  const follow = useContext(WorldContext)?.follow;
  useEffect(() => follow?.(), [follow]);
  return useMe();
}
