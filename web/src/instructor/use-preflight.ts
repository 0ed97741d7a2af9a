import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useRequest } from '../api/request';
import { useLanguage } from '../texts/language';
import { preflight, type PreflightQuery } from './setup.generated';

/** How often Discord is asked while something is missing, and while nothing is, milliseconds. */
const WHILE_MISSING = 2_500;
const WHILE_FINE = 10_000;

/** What the bot still needs, asked again as long as it is looked at, and at once when somebody comes back from Discord. */
export function usePreflight(
  guildId: string | null,
  choice: { readonly inviteChannelId: string | null; readonly studentRoleId: string | null },
): UseQueryResult<PreflightQuery> {
  const language = useLanguage();
  const request = useRequest();
  const { inviteChannelId, studentRoleId } = choice;
  return useQuery({
    queryKey: [preflight.name, guildId, inviteChannelId, studentRoleId, language],
    queryFn: ({ signal }) => request(preflight, { guildId: guildId ?? '', inviteChannelId, studentRoleId }, signal),
    enabled: guildId !== null,
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.preflight.ok === true ? WHILE_FINE : WHILE_MISSING),
    // Another choice or language is looked at: until that is known, what was found for the last one stands.
    placeholderData: (previous, query) => (query?.queryKey[1] === guildId ? previous : undefined),
  });
}
