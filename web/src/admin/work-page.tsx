import { PageTitle } from '../shell/page-title';
import { useTexts } from '../texts/texts';
import { RunsCard } from './runs-card';
import { WebhooksCard } from './webhooks-card';
import { workTexts } from './work-texts';

/** `/admin/work`: what was compared, and what the platform was told. */
export function WorkPage() {
  const words = useTexts(workTexts);
  return (
    <div className="space-y-8">
      <PageTitle title={words.title} />
      <RunsCard />
      <div id="webhooks">
        <WebhooksCard />
      </div>
    </div>
  );
}
