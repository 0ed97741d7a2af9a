import { startSandbox } from './server';
import { StateFileError } from './world/persistence';

/** Runs the local Discord alone, until it is told to stop. */
async function main(): Promise<void> {
  const port = Number(process.env['SANDBOX_PORT'] ?? 4000);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    fail(`SANDBOX_PORT has to be a port from 0 to 65535, not "${process.env['SANDBOX_PORT'] ?? ''}".`);
  }
  const stateFile = process.env['SANDBOX_STATE_FILE'];
  const redirectUris = (process.env['SANDBOX_REDIRECT_URIS'] ?? '').split(/[\s,]+/).filter(Boolean);
  const webhookEventsUrl = process.env['SANDBOX_WEBHOOK_EVENTS_URL'];
  try {
    const sandbox = await startSandbox({
      port,
      redirectUris,
      ...(stateFile === undefined ? {} : { stateFile }),
      ...(webhookEventsUrl === undefined ? {} : { webhookEventsUrl }),
    });
    console.log(`Local Discord
  to look at    ${sandbox.url}/
  HTTP API      ${sandbox.url}/api/v10
  OAuth2        ${sandbox.url}/oauth2/authorize
  Gateway       ws://127.0.0.1:${sandbox.port}/gateway
  control API   ${sandbox.url}/sandbox/state
  application   ${sandbox.application.id}
  client secret ${sandbox.application.clientSecret}
  bot token     ${sandbox.application.botToken}
Id, secret and token are the same everywhere and open nothing at Discord. Ctrl+C ends it.`);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void sandbox.close());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
      fail(`Port ${port} is in use, so the local Discord cannot start. Stop what uses it, or set SANDBOX_PORT.`);
    }
    if (error instanceof StateFileError) fail(error.message);
    throw error;
  }
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

void main();
