import { useState } from 'react';
import { request } from '../api/request';
import { useErrorSentence } from '../components/error-state';
import { toast } from '../components/toast';
import { connectDiscord } from './me.generated';

/** Leads to Discord's consent page, which leads back here. Being busy lasts until this page is left. */
export function useConnect(): { readonly isBusy: boolean; readonly connect: (autoJoin: boolean) => void } {
  const sentence = useErrorSentence();
  const [isBusy, setBusy] = useState(false);
  const connect = (autoJoin: boolean) => {
    setBusy(true);
    request(connectDiscord, { autoJoin }).then(
      ({ startDiscordLink }) => location.assign(startDiscordLink.authorizeUrl),
      (error: unknown) => {
        setBusy(false);
        toast('bad', sentence(error));
      },
    );
  };
  return { isBusy, connect };
}
