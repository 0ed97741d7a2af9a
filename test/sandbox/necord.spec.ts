import 'reflect-metadata';
import { Injectable } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { Client, Events, type GuildMember, GatewayIntentBits } from 'discord.js';
import { Context, NecordModule, On, type SlashCommandContext, SlashCommand } from 'necord';
import { type Local, startLocal } from './local';

const joined: string[] = [];

/** A bot as a Nest application writes it. */
@Injectable()
class Bot {
  @SlashCommand({ name: 'hello', description: 'Says hello' })
  async hello(@Context() [interaction]: SlashCommandContext): Promise<void> {
    await interaction.reply({ content: `Hello ${interaction.user.username}` });
  }

  @On(Events.GuildMemberAdd)
  memberAdded(@Context() [member]: [GuildMember]): void {
    joined.push(member.user.username);
  }
}

describe('necord on the local Discord', () => {
  let local: Local;
  let module: TestingModule;

  beforeAll(async () => {
    local = await startLocal();
    module = await Test.createTestingModule({
      imports: [
        NecordModule.forRoot({
          token: local.application.botToken,
          intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMembers],
          rest: { api: `${local.url}/api` },
        }),
      ],
      providers: [Bot],
    }).compile();
    await module.init();
  });
  afterAll(async () => {
    await module.close();
    await local.close();
  });

  it('registers its commands, answers them, and hears of members', async () => {
    const client = module.get(Client);
    if (!client.isReady()) await new Promise((resolve) => client.once(Events.ClientReady, resolve));
    const commands = `/applications/${local.application.id}/commands`;
    while ((await local.bot('GET', commands)).list.length === 0)
      await new Promise((resolve) => setTimeout(resolve, 20));
    const guild = await local.server();
    while (!client.guilds.cache.has(guild.id)) await new Promise((resolve) => setTimeout(resolve, 20));
    const { responses } = await local.control<{ responses: { content: string }[] }>('POST', '/sandbox/interactions', {
      guildId: guild.id,
      userId: guild.ownerId,
      command: 'hello',
    });
    expect(responses.map((response) => response.content)).toEqual(['Hello owner']);
    const ayu = await local.person('ayu');
    await local.control('PUT', `/sandbox/guilds/${guild.id}/members/${ayu}`, {});
    while (joined.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(joined).toEqual(['ayu']);
  });
});
