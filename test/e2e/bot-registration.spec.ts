import { eventually, Service } from './support/service';

interface Registered {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly description_localizations: Record<string, string> | null;
  readonly default_member_permissions: string | null;
  readonly contexts: number[] | null;
}

const COMMANDS = [
  'Course access',
  'connect',
  'invite-student',
  'remove-student',
  'server-stats',
  'sync-enrollment',
  'why',
];

describe('the commands', () => {
  let service: Service;
  let guildId: string;

  beforeAll(async () => {
    service = await Service.start({ started: false });
    const owner = await service.discord.createUser('owner');
    ({ id: guildId } = await service.discord.createGuild('Workshop', owner.id));
    await service.discord.addBot(guildId);
  });
  afterAll(() => service.close());

  const path = (guild?: string) =>
    `/applications/${service.config.discord.clientId}${guild === undefined ? '' : `/guilds/${guild}`}/commands`;
  const bot = async (method: string, address: string): Promise<Registered[]> => {
    const response = await fetch(`${service.config.discord.apiUrl}/v10${address}`, {
      method,
      headers: { authorization: `Bot ${service.config.discord.botToken}`, 'user-agent': 'DiscordBot (test, 1)' },
    });
    return response.status === 204 ? [] : ((await response.json()) as Registered[]);
  };
  const names = async (guild?: string) => (await bot('GET', path(guild))).map(({ name }) => name).sort();
  /** What a start asks of Discord about commands; a clean end waits for what was begun. */
  const callsOfStart = async (options: Parameters<Service['up']>[0] = {}): Promise<string[]> => {
    await service.discord.clearRequests();
    await service.up(options);
    await eventually(async () =>
      expect(await service.discord.calls()).toEqual(expect.arrayContaining([expect.stringMatching(/commands 200$/)])),
    );
    await service.down();
    return (await service.discord.calls()).filter((call) => call.includes('/commands'));
  };

  it('are registered at the first start, and not again when nothing has changed', async () => {
    expect(await callsOfStart()).toEqual(['GET /applications/:id/commands 200', 'PUT /applications/:id/commands 200']);
    expect(await names()).toEqual(COMMANDS);
    expect(await callsOfStart()).toEqual(['GET /applications/:id/commands 200']);
  });

  it('are described in both languages, work in servers alone, and are shown to those who manage them', async () => {
    const commands = await bot('GET', `${path()}?with_localizations=true`);
    expect(commands.map(({ contexts }) => contexts)).toEqual(commands.map(() => [0]));
    const everybody = commands.filter((command) => command.default_member_permissions !== '32');
    expect(everybody.map(({ name }) => name)).toEqual(['connect']);
    const plain = commands.filter(({ name }) => name !== 'Course access');
    expect(plain.map((command) => Object.keys(command.description_localizations ?? {}))).toEqual(
      plain.map(() => ['id']),
    );
    expect(plain.find(({ name }) => name === 'why')?.description_localizations?.['id']).toBe(
      'Mengapa seseorang ada atau tidak ada di server ini, dan satu hal yang perlu dilakukan',
    );
  });

  it('are registered again when Discord knows others', async () => {
    const [first] = await bot('GET', path());
    await bot('DELETE', `${path()}/${first!.id}`);
    expect(await names()).toHaveLength(COMMANDS.length - 1);
    expect(await callsOfStart()).toEqual(['GET /applications/:id/commands 200', 'PUT /applications/:id/commands 200']);
    expect(await names()).toEqual(COMMANDS);
  });

  it('are a development server’s own too, where they change at once; one without the bot stops nothing', async () => {
    const config = {
      discord: { ...service.config.discord, developmentGuilds: [guildId, '123456789012345678'] },
    };
    const calls = await callsOfStart({ config });
    expect(calls).toEqual(expect.arrayContaining(['PUT /applications/:id/guilds/:id/commands 200']));
    expect(await names(guildId)).toEqual(COMMANDS);
    expect((await callsOfStart({ config })).filter((call) => call.startsWith('PUT'))).toEqual([]);
  });

  it('are registered later when Discord fails at first', async () => {
    const [first] = await bot('GET', path());
    await bot('DELETE', `${path()}/${first!.id}`);
    await service.discord.faults([{ method: 'GET', route: '/applications/:id/commands', status: 500, times: 1 }]);
    await service.up();
    await eventually(async () => expect(await names()).toEqual(COMMANDS), 30_000);
    await service.down();
  });
});
