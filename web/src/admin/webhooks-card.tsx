import { Webhook } from 'lucide-react';
import { useState } from 'react';
import { type WebhookDeliveryStatus } from '../api/enums.generated';
import { useAction, useData } from '../api/data';
import { Badge, type Tone } from '../components/badge';
import { Button } from '../components/button';
import { Card } from '../components/card';
import { EmptyState } from '../components/empty-state';
import { ErrorState, useErrorSentence } from '../components/error-state';
import { RelativeTime } from '../components/relative-time';
import { SkeletonRows } from '../components/skeleton';
import { type Column, Table } from '../components/table';
import { toast } from '../components/toast';
import { useTexts } from '../texts/texts';
import { adminTexts } from './admin-texts';
import { EndpointForm } from './endpoint-form';
import { EndpointMenu } from './endpoint-menu';
import { ChoiceField } from './field';
import { useNumbers } from './numbers';
import { tellAgain, webhooks, type WebhooksQuery } from './work.generated';
import { deliveryStatusTexts, workTexts } from './work-texts';

type Endpoint = WebhooksQuery['webhookEndpoints'][number];
type Delivery = Endpoint['deliveries'][number];

const TONES: Record<WebhookDeliveryStatus, Tone> = { DELIVERED: 'joined', PENDING: 'waiting', FAILED: 'trouble' };
const STATUSES = Object.keys(TONES) as WebhookDeliveryStatus[];
/** How often it is asked again, milliseconds. */
const AGAIN = 10_000;

/** Whom the service tells of changes, and what became of it. */
export function WebhooksCard() {
  const words = useTexts(workTexts);
  const shared = useTexts(adminTexts);
  const statuses = useTexts(deliveryStatusTexts);
  const [status, setStatus] = useState<WebhookDeliveryStatus | ''>('');
  const { data, error, refetch } = useData(
    webhooks,
    { status: status === '' ? null : status },
    { refetchInterval: AGAIN },
  );
  const endpoints = data?.webhookEndpoints;
  return (
    <Card title={words.webhooks}>
      <div className="px-4 pb-4 sm:px-6">
        {error && <ErrorState error={error} onRetry={() => void refetch()} />}
        {!endpoints && !error && <SkeletonRows rows={3} />}
        {endpoints?.length === 0 && (
          <EmptyState icon={Webhook} title={words.noWebhooks}>
            {words.noWebhooksMeans}
          </EmptyState>
        )}
        {endpoints && endpoints.length > 0 && (
          <ChoiceField
            className="mb-4 max-w-64"
            label={shared.state}
            all={shared.all}
            value={status}
            options={STATUSES.map((each) => [each, statuses[each]] as const)}
            onChange={setStatus}
          />
        )}
        {endpoints?.map((endpoint) => (
          <EndpointPart key={endpoint.id} endpoint={endpoint} />
        ))}
        {endpoints && <EndpointForm />}
      </div>
    </Card>
  );
}

function EndpointPart({ endpoint }: { readonly endpoint: Endpoint }) {
  const words = useTexts(workTexts);
  const shared = useTexts(adminTexts);
  const statuses = useTexts(deliveryStatusTexts);
  const sentence = useErrorSentence();
  const { count } = useNumbers();
  const again = useAction(tellAgain);
  const columns: Column<Delivery>[] = [
    { key: 'state', title: shared.state, cell: ({ status }) => <Badge tone={TONES[status]}>{statuses[status]}</Badge> },
    { key: 'change', title: words.change, numeric: true, cell: ({ seq }) => seq },
    { key: 'attempts', title: words.attempts, from: 'sm', numeric: true, cell: ({ attempts }) => count(attempts) },
    {
      key: 'when',
      title: shared.when,
      cell: ({ finishedAt, dueAt }) =>
        finishedAt === null ? (
          <>
            {words.next} <RelativeTime at={dueAt} />
          </>
        ) : (
          <RelativeTime at={finishedAt} />
        ),
    },
    { key: 'error', title: words.error, from: 'md', cell: ({ lastError }) => lastError ?? '–' },
  ];
  return (
    <div className="mb-6">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-64">
          <h3 className="font-medium break-all">{endpoint.url}</h3>
          <p className="text-ink-soft">
            {words.counts(count(endpoint.delivered), count(endpoint.pending), count(endpoint.failed))}
          </p>
        </div>
        {!endpoint.active && <Badge tone="waiting">{words.off}</Badge>}
        {endpoint.failed > 0 && (
          <Button
            busy={again.isPending}
            onClick={() =>
              again.mutate(
                { endpointId: endpoint.id },
                {
                  onSuccess: ({ redeliverWebhooks }) => toast('good', words.toldAgain(redeliverWebhooks)),
                  onError: (error) => toast('bad', sentence(error)),
                },
              )
            }
          >
            {words.tellAgain}
          </Button>
        )}
        <EndpointMenu endpoint={endpoint} />
      </div>
      {endpoint.deliveries.length === 0 ? (
        <p className="mt-3 text-ink-faint">{words.noDeliveries}</p>
      ) : (
        <div tabIndex={0} role="region" aria-label={endpoint.url} className="mt-3 max-h-96 overflow-auto">
          <Table caption={endpoint.url} columns={columns} rows={endpoint.deliveries} keyOf={({ id }) => id} />
        </div>
      )}
    </div>
  );
}
