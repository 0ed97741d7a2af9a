import * as z from 'zod';
import { type DiscordConfig } from '../config/config';
import { StartError } from './start-error';

/** The local Discord that this process uses: started by it, or found at its port. */
export interface LocalDiscord {
  readonly url: string;
  readonly discord: Omit<DiscordConfig, 'redirectUri' | 'developmentGuilds' | 'timeoutMs'>;
  readonly note: string | null;
  /** Stops it if this process has started it. */
  stop(): Promise<void>;
}

const STATE = z.object({
  application: z.object({ id: z.string(), botToken: z.string(), clientSecret: z.string(), publicKey: z.string() }),
});

export async function joinLocalDiscord(options: {
  readonly port: number;
  readonly stateFile: string;
  readonly redirectUri: string;
  /** Where its webhook events go; it waits for the service to listen there. */
  readonly webhookEventsUrl: string;
}): Promise<LocalDiscord> {
  const found = options.port === 0 ? null : await findRunning(options.port);
  if (found) return found;
  // Loaded only here: with a real Discord application none of its code is.
  const { startSandbox } = await import('../../sandbox/server.js');
  try {
    const sandbox = await startSandbox({
      port: options.port,
      stateFile: options.stateFile,
      redirectUris: [options.redirectUri],
      webhookEventsUrl: options.webhookEventsUrl,
      applicationName: 'Anycademy',
    });
    return {
      url: sandbox.url,
      discord: discordAt(sandbox.url, sandbox.application),
      note: null,
      stop: () => sandbox.close(),
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new StartError(
      `Port ${options.port} is taken by another program, so the local Discord cannot start there. Set SANDBOX_PORT to a free port.`,
    );
  }
}

async function findRunning(port: number): Promise<LocalDiscord | null> {
  const url = `http://127.0.0.1:${port}`;
  try {
    const answer = await fetch(`${url}/sandbox/state`, { signal: AbortSignal.timeout(3_000) });
    const state = STATE.safeParse(await answer.json());
    if (!state.success) return null;
    return {
      url,
      discord: discordAt(url, state.data.application),
      note: `A local Discord was running at ${url} already and is used.`,
      stop: () => Promise.resolve(),
    };
  } catch {
    return null;
  }
}

function discordAt(
  url: string,
  application: {
    readonly id: string;
    readonly botToken: string;
    readonly clientSecret: string;
    readonly publicKey: string;
  },
): LocalDiscord['discord'] {
  return {
    clientId: application.id,
    clientSecret: application.clientSecret,
    botToken: application.botToken,
    publicKey: application.publicKey,
    apiUrl: `${url}/api`,
    oauthUrl: `${url}/api`,
    authorizeUrl: `${url}/oauth2/authorize`,
    inviteUrl: `${url}/invite`,
  };
}
