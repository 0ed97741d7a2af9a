import { type ComponentType, lazy, Suspense } from 'react';
import { ErrorState } from './error-state';
import { SkeletonRows } from './skeleton';

/**
 * A component whose code comes when it is first shown. What stands around it stays while it comes, and also when it cannot.
 * @param rows how high it is about, while it comes
 */
export function onDemand<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  rows = 4,
): ComponentType<Props> {
  const Part = lazy<ComponentType<Props>>(async () => ({ default: await load().catch(() => Missing) }));
  return function OnDemand(props: Props) {
    return (
      <Suspense fallback={<SkeletonRows rows={rows} />}>
        <Part {...props} />
      </Suspense>
    );
  };
}

/** Browsers remember that code did not come: only a page that is loaded anew asks for it again. */
function Missing() {
  return <ErrorState error={null} onRetry={() => location.reload()} />;
}
