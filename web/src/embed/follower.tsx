import { useQueryClient } from '@tanstack/react-query';
import { askAgain } from '../api/data';
import { useLive } from '../api/live';
import { myMembershipChanged } from '../student/me.generated';
import { useMe } from './use-mine';

/** Asks again whenever something has happened to whoever looks: once, however many components show it. */
export function Follower() {
  const queries = useQueryClient();
  const { data } = useMe();
  useLive(
    myMembershipChanged,
    { userId: data?.viewer.id ?? '', after: data?.logEnd ?? null },
    ({ membershipChanged }) => membershipChanged.seq,
    () => void askAgain(queries),
  );
  return null;
}
