import { type SyntheticEvent, useState } from 'react';
import { useAction } from '../api/data';
import { Banner } from '../components/banner';
import { Button } from '../components/button';
import { useErrorSentence } from '../components/error-state';
import { toast } from '../components/toast';
import { useTexts } from '../texts/texts';
import { TextField } from './field';
import { setEndpoint } from './work.generated';
import { workTexts } from './work-texts';

/** Adds an address; its secret is shown this once. */
export function EndpointForm() {
  const words = useTexts(workTexts);
  const sentence = useErrorSentence();
  const [url, setUrl] = useState('');
  const [secret, setSecret] = useState<string | null>(null);
  const add = useAction(setEndpoint);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    add.mutate(
      { url, active: true },
      {
        onSuccess: ({ setWebhookEndpoint }) => {
          setSecret(setWebhookEndpoint.secret);
          setUrl('');
        },
        onError: (error) => toast('bad', sentence(error)),
      },
    );
  };
  return (
    <>
      <form className="flex flex-wrap items-end gap-3 border-t border-line pt-4" onSubmit={submit}>
        <TextField
          className="flex-1 basis-64"
          label={words.address}
          type="url"
          required
          value={url}
          onChange={(event) => setUrl(event.target.value)}
        />
        <Button type="submit" busy={add.isPending}>
          {words.add}
        </Button>
      </form>
      {secret !== null && (
        <div role="status" className="mt-4">
          <Banner kind="info" title={words.secret}>
            {words.secretMeans}
            <code className="font-mono break-all text-ink">{secret}</code>
          </Banner>
        </div>
      )}
    </>
  );
}
