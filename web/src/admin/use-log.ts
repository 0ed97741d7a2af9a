import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useRequest } from '../api/request';
import { adminLog, type AdminLogQuery, type AdminLogQueryVariables } from './log.generated';

export type LogEntry = AdminLogQuery['auditLog']['nodes'][number];
export type LogFilter = Omit<AdminLogQueryVariables, 'first' | 'after'>;

/** The log, newest first, page after page. */
export function useLog(filter: LogFilter) {
  const request = useRequest();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: [adminLog.name, filter],
    queryFn: ({ pageParam, signal }) => request(adminLog, { ...filter, first: 50, after: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ auditLog: { pageInfo } }) => (pageInfo.hasNextPage ? pageInfo.endCursor : null),
    placeholderData: keepPreviousData,
  });
  return {
    entries: data?.pages.flatMap(({ auditLog }) => auditLog.nodes),
    error,
    retry: () => void refetch(),
    hasMore: hasNextPage,
    isLoadingMore: isFetchingNextPage,
    loadMore: () => void fetchNextPage(),
  };
}
