import { type CommandReply, type CommandRun } from './local-discord-control';
import { eventually, type Service } from './service';

/** A reply as somebody reads it, line by line: Markdown is gone, and buttons stand in brackets. */
export function asRead({ content, embeds, components = [] }: Pick<CommandReply, 'content' | 'embeds' | 'components'>) {
  const lines = [
    content,
    ...embeds.flatMap(({ title, description, fields = [], footer }) => [
      title ?? '',
      description ?? '',
      ...fields.flatMap(({ name, value }) => [name, value]),
      footer?.text ?? '',
    ]),
    ...components.map((row) => row.components.map(({ label }) => `[${label}]`).join(' ')),
  ];
  return lines
    .join('\n')
    .replace(/\*\*|`/g, '')
    .replace(/\\([\\*_~`|>#[\]()<:-])/g, '$1')
    .split('\n')
    .filter((line) => line.trim() !== '');
}

/** The one reply to a command, that nobody else sees. */
export async function replyTo(service: Service, run: CommandRun & { targetUserId?: string }): Promise<CommandReply> {
  const { targetUserId } = run;
  // The bot registers its commands while it starts.
  await eventually(async () => expect(await service.discord.commands(run.guildId, run.userId)).not.toEqual([]));
  return only(
    await (targetUserId === undefined
      ? service.discord.command(run)
      : service.discord.memberCommand({ ...run, targetUserId })),
  );
}

/** The same, as it is read. */
export async function answerTo(service: Service, run: CommandRun & { targetUserId?: string }): Promise<string[]> {
  return asRead(await replyTo(service, run));
}

/** What the reply says once somebody has pressed its button of this label. */
export async function press(
  service: Service,
  reply: CommandReply,
  userId: string,
  label: string,
  locale?: string,
): Promise<CommandReply> {
  const button = reply.components?.flatMap(({ components }) => components).find((each) => each.label === label);
  if (!button?.custom_id || !reply.messageId)
    throw new Error(`There is no button "${label}": ${asRead(reply).join('\n')}`);
  const responses = await service.discord.press({
    userId,
    messageId: reply.messageId,
    customId: button.custom_id,
    ...(locale === undefined ? {} : { locale }),
  });
  return only(responses);
}

/** What is served at the address of the reply's button of this label, at the public address of the service. */
export async function opened(service: Service, reply: CommandReply, label: string): Promise<string> {
  const url = reply.components?.flatMap(({ components }) => components).find((each) => each.label === label)?.url;
  if (url === undefined) throw new Error(`No button "${label}" leads anywhere: ${asRead(reply).join('\n')}`);
  const { publicUrl } = service.config;
  expect(url.startsWith(`${publicUrl}/`)).toBe(true);
  const path = url.slice(publicUrl.length);
  const page = await fetch(`${service.url}${path}`);
  return `${path} ${page.status} ${page.headers.get('content-type')}`;
}

/** Waits until a message that only this person sees reads so. */
export async function becomes(
  service: Service,
  place: { readonly channelId: string; readonly userId: string; readonly messageId: string | undefined },
  lines: readonly unknown[],
  patience?: number,
): Promise<CommandReply> {
  let shown: CommandReply | undefined;
  await eventually(async () => {
    const message = (await service.discord.messages(place.channelId, place.userId)).find(
      ({ id }) => id === place.messageId,
    );
    if (!message) throw new Error('The message is gone.');
    shown = { ...message, type: 4, ephemeral: message.isPrivate, messageId: message.id };
    expect(asRead(message)).toEqual(lines);
  }, patience);
  return shown!;
}

function only(responses: CommandReply[]): CommandReply {
  expect(responses.map(({ ephemeral }) => ephemeral)).toEqual([true]);
  return responses[0]!;
}
