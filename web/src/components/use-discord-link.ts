import { useState } from 'react';
import { startDiscordLink } from '../api/discord-link.generated';
import { tokenFrom, useRequest } from '../api/request';
import { useService } from '../api/service';
import { useErrorSentence } from './error-state';
import { toast } from './toast';

interface Asked {
  readonly autoJoin: boolean;
  /** Also the list of the person's servers. */
  readonly servers?: boolean;
}

/** Leads to Discord's consent page, which leads back to this very page. Being busy lasts until this page is left. */
export function useDiscordLink(): {
  readonly isBusy: boolean;
  readonly start: (asked: Asked) => void;
} {
  const service = useService();
  const request = useRequest();
  const sentence = useErrorSentence();
  const [isBusy, setBusy] = useState(false);
  const lead = async ({ autoJoin, servers = false }: Asked) => {
    const { url, getToken } = service;
    if (getToken) {
      // The cookie that binds this browser is set only by a page of the service itself: the form leads over one.
      const token = await tokenFrom(getToken, null);
      post(`${url}/auth/discord`, { token, returnTo: location.href, autoJoin: `${autoJoin}`, servers: `${servers}` });
      return;
    }
    const returnTo = location.pathname;
    const { startDiscordLink: started } = await request(startDiscordLink, { returnTo, autoJoin, servers });
    location.assign(started.authorizeUrl);
  };
  const start = (asked: Asked) => {
    setBusy(true);
    lead(asked).catch((error: unknown) => {
      setBusy(false);
      toast('bad', sentence(error));
    });
  };
  return { isBusy, start };
}

/** Leaves this page by a form: what it holds stands in no address. */
function post(action: string, fields: Readonly<Record<string, string>>): void {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = action;
  form.hidden = true;
  for (const [name, value] of Object.entries(fields)) {
    const input = document.createElement('input');
    input.type = 'hidden';
    input.name = name;
    input.value = value;
    form.append(input);
  }
  document.body.append(form);
  form.submit();
  form.remove();
}
