import { useEffect } from 'react';
import { useLocation } from 'react-router';
import { PageTitle } from '../shell/page-title';
import { useTexts } from '../texts/texts';
import { RunsCard } from './runs-card';
import { StopSwitch } from './stop-switch';
import { WebhooksCard } from './webhooks-card';
import { workTexts } from './work-texts';

/** `/admin/work`: what was compared, and what the platform was told. */
export function WorkPage() {
  const words = useTexts(workTexts);
  const { hash } = useLocation();
  useEffect(() => document.getElementById(hash.slice(1))?.scrollIntoView(), [hash]);
  return (
    <div className="space-y-8">
      <PageTitle title={words.title} />
      <RunsCard />
      <div id="stop-switch">
        <StopSwitch />
      </div>
      <div id="webhooks">
        <WebhooksCard />
      </div>
    </div>
  );
}
