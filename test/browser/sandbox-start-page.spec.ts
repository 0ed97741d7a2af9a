import { once } from 'node:events';
import {
  ActionRowBuilder,
  ButtonBuilder,
  ButtonStyle,
  Client,
  ContainerBuilder,
  EmbedBuilder,
  Events,
  LabelBuilder,
  MessageFlags,
  ModalBuilder,
  TextInputBuilder,
  TextInputStyle,
} from 'discord.js';
import { type Browser, type Page } from 'playwright-core';
import { type Local, startLocal } from '../sandbox/local';
import { launchBrowser, tabTo, takePicture } from '../support/browser';

describe('the start page of the local Discord, in a browser', () => {
  let browser: Browser;
  let page: Page;
  let local: Local;
  let bot: Client<true>;
  let guild: Awaited<ReturnType<Local['server']>>;
  let ayu: string;
  const mistakes: string[] = [];

  beforeAll(async () => {
    local = await startLocal();
    guild = await local.server('Algebra', '8');
    ayu = await local.person('ayu', { globalName: 'Ayu W.' });
    const starting = new Client({ intents: 1, rest: { api: `${local.url}/api` } });
    const ready = once(starting, Events.ClientReady);
    await starting.login(local.application.botToken);
    await ready;
    bot = starting as Client<true>;
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.on('pageerror', (error) => mistakes.push(error.message));
    page.on('console', (message) => (message.type() === 'error' ? mistakes.push(message.text()) : undefined));
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await bot.destroy();
    await local.close();
  });

  const actAs = (name: string) => page.getByLabel('You are').selectOption({ label: name });
  const messages = () => page.getByRole('log', { name: 'Messages' });
  /** Waits until a part of the page says something. */
  const sees = (text: string | RegExp, where = page.locator('body')) => where.getByText(text).first().waitFor();

  it('draws Markdown as Discord does, line by line, and keeps what a backslash protects', async () => {
    const value = 'One **b\\*ld** `/why`\nTwo \\*\\*plain\\*\\* [link](https://example.org/) snake_case_name <b>';
    await local.bot('POST', `/channels/${guild.channelId}/messages`, {
      content: '*Slanted* \\_not\\_',
      embeds: [{ fields: [{ name: 'Field', value }] }],
    });
    await page.goto(local.url);
    await sees('Slanted');
    const message = messages().locator('.message').last();
    expect(await message.locator('em').allInnerTexts()).toEqual(['Slanted']);
    const field = message.locator('dd');
    expect(await field.innerText()).toBe('One b*ld /why\nTwo **plain** link snake_case_name <b>');
    expect(await field.locator('strong, code, a').allInnerTexts()).toEqual(['b*ld', '/why', 'link']);
  });

  it('shows servers, members with coloured roles and the owner’s crown, channels, messages and embeds', async () => {
    const { id: role } = await local.control<{ id: string }>('POST', `/sandbox/guilds/${guild.id}/roles`, {
      name: 'Student',
      color: 0x2e8b57,
    });
    const budi = await local.person('budi', { globalName: 'Budi S.' });
    await local.control('PUT', `/sandbox/guilds/${guild.id}/members/${budi}`, { roles: [role] });
    await local.bot('POST', `/channels/${guild.channelId}/messages`, {
      content: `Welcome <@${budi}>`,
      embeds: [new EmbedBuilder().setTitle('Your course').setDescription('Starts on Monday').setColor(255).toJSON()],
    });
    const dm = await local.bot('POST', '/users/@me/channels', { recipient_id: budi });
    await local.bot('POST', `/channels/${String(dm.body['id'])}/messages`, { content: 'Only for Budi' });
    await page.goto(local.url);
    await sees('Welcome @Budi S.');
    await sees('Your course');
    expect(await page.locator('nav').getByRole('button', { name: 'Algebra' }).getAttribute('aria-current')).toBe(
      'true',
    );
    const members = page.locator('#members');
    // The role's own colour, a little darker than it is: as it stands it could hardly be read on this ground.
    expect(await members.getByText('Budi S.').getAttribute('style')).toBe('color: rgb(44, 128, 82);');
    expect(await members.getByRole('img', { name: 'owner' }).count()).toBe(1);
    await page.getByRole('button', { name: '# general' }).waitFor();
    await page.locator('#dms').getByRole('button', { name: 'Budi S.' }).click();
    await sees('Only for Budi');
    await page.getByRole('button', { name: '# general' }).click();
    await sees('Your course');
  });

  it('lets a person join by an invite, with the keyboard alone, and leave again', async () => {
    const invite = await local.bot('POST', `/channels/${guild.channelId}/invites`, { max_uses: 5 });
    const code = String(invite.body['code']);
    await actAs('Ayu W.');
    await sees(code, page.locator('#invites'));
    await tabTo(page, page.getByLabel('Invite code or link'));
    await page.keyboard.type(`${local.url}/invite/${code}`);
    await page.keyboard.press('Enter');
    await sees('Ayu W.', page.locator('#members'));
    await sees('1 of 5 used', page.locator('#invites'));
    await tabTo(page, page.getByRole('button', { name: 'Leave server' }));
    await page.keyboard.press('Enter');
    await page.locator('#members').getByText('Ayu W.').waitFor({ state: 'detached' });
    expect((await local.bot('GET', `/guilds/${guild.id}/members/${ayu}`)).status).toBe(404);
    await local.control('POST', `/sandbox/invites/${code}/accept`, { userId: ayu });
  });

  it('runs a command with its options, and only who ran it sees an ephemeral reply', async () => {
    await local.bot('PUT', `/applications/${bot.application.id}/commands`, [
      {
        name: 'status',
        description: 'How am I doing',
        options: [{ type: 3, name: 'course', description: 'Which', required: true }],
      },
    ]);
    bot.once(Events.InteractionCreate, (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      const course = interaction.options.getString('course', true);
      void interaction.reply({ content: `You are in ${course}.`, flags: MessageFlags.Ephemeral });
    });
    await page.reload();
    await page.setViewportSize({ width: 375, height: 800 });
    for (const name of ['Send', 'Run']) {
      const box = await page.getByRole('button', { name, exact: true }).boundingBox();
      expect((box?.x ?? 375) + (box?.width ?? 0)).toBeLessThanOrEqual(375);
    }
    await takePicture(page, 'start-page-narrow');
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.getByLabel('course: Which').fill('Logic');
    await tabTo(page, page.getByRole('button', { name: 'Run' }));
    await page.keyboard.press('Enter');
    await sees('You are in Logic.', messages());
    await sees(/only you can see this/, messages());
    await actAs('Budi S.');
    await messages().getByText('You are in Logic.').waitFor({ state: 'detached' });
    await actAs('Ayu W.');
    await sees('You are in Logic.', messages());
  });

  it('keeps the colours of all roles readable, by day and by night', async () => {
    const colours = { Pale: 0xfff7b2, White: 0xffffff, Navy: 0x000040, Coal: 0x010101, Pink: 0xeb459e };
    for (const [name, color] of Object.entries(colours)) {
      const path = `/sandbox/guilds/${guild.id}`;
      const { id: role } = await local.control<{ id: string }>('POST', `${path}/roles`, { name: `In ${name}`, color });
      await local.control('PUT', `${path}/members/${await local.person(name)}`, { roles: [role] });
    }
    const ground = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      for (const name of Object.keys(colours)) {
        const shown = page.locator('#members').getByText(name, { exact: true });
        const isReadable = async () => contrast((await shown.getAttribute('style')) ?? '', await ground()) >= 4.5;
        while (!(await isReadable())) await page.waitForTimeout(20);
      }
      await takePicture(page, `roles-${colorScheme}`);
    }
    await page.emulateMedia({ colorScheme: 'light' });
  });

  it('opens the direct messages with the bot, for the first command there, with the keyboard alone', async () => {
    await local.bot('PUT', `/applications/${bot.application.id}/commands`, [
      { name: 'hello', description: 'Say hello' },
    ]);
    bot.once(Events.InteractionCreate, (interaction) => {
      if (interaction.isChatInputCommand()) void interaction.reply(interaction.inGuild() ? 'Hello all' : 'Just us two');
    });
    const dewi = await local.person('dewi', { globalName: 'Dewi K.' });
    const conversation = page.locator('#dms').getByRole('button', { name: 'Write to the bot' });
    await actAs('Dewi K.');
    await conversation.waitFor({ state: 'detached' });
    await local.control('PUT', `/sandbox/guilds/${guild.id}/members/${dewi}`, {});
    await tabTo(page, conversation);
    await page.keyboard.press('Enter');
    await sees('Dewi K. and the bot');
    // A conversation cannot be left as a server can.
    expect(await page.getByRole('button', { name: 'Leave server' }).isVisible()).toBe(false);
    await conversation.waitFor({ state: 'detached' });
    await page
      .getByLabel('Command', { exact: true })
      .locator('option')
      .filter({ hasText: '/hello' })
      .waitFor({ state: 'attached' });
    await tabTo(page, page.getByRole('button', { name: 'Run' }));
    await page.keyboard.press('Enter');
    await sees('Just us two', messages());
    await page.getByRole('button', { name: '# general' }).click();
    await actAs('Ayu W.');
  });

  it('runs a command in direct messages, and shows an answer that is laid out with components', async () => {
    await local.bot('PUT', `/applications/${bot.application.id}/commands`, [
      { name: 'mine', description: 'My courses' },
      { name: 'server-only', description: 'Not here', contexts: [0] },
    ]);
    const reply = new ContainerBuilder()
      .setAccentColor(255)
      .addTextDisplayComponents((text) => text.setContent('Your two courses'));
    reply.addSectionComponents((section) =>
      section
        .addTextDisplayComponents((text) => text.setContent('Algebra'))
        .setButtonAccessory((open) => open.setCustomId('open').setLabel('Open').setStyle(ButtonStyle.Primary)),
    );
    bot.once(Events.InteractionCreate, (interaction) => {
      if (!interaction.isChatInputCommand() || interaction.inGuild()) return;
      void interaction.reply({ components: [reply], flags: MessageFlags.IsComponentsV2 });
    });
    await actAs('Budi S.');
    await page.locator('#dms').getByRole('button', { name: 'Budi S.' }).click();
    await sees('Only for Budi', messages());
    const command = page.getByLabel('Command', { exact: true });
    await command.locator('option').filter({ hasText: 'server-only' }).waitFor({ state: 'detached' });
    expect(await command.locator('option').allTextContents()).toEqual(['/mine: My courses']);
    await tabTo(page, page.getByRole('button', { name: 'Run' }));
    await page.keyboard.press('Enter');
    await sees('Your two courses', messages());
    await sees('Algebra', messages());
    await messages().getByRole('button', { name: 'Open' }).waitFor();
    await takePicture(page, 'sandbox-direct-command');
    await page.getByRole('button', { name: '# general' }).click();
    await actAs('Ayu W.');
  });

  it('runs the commands of a member’s and of a message’s menu, with the keyboard alone', async () => {
    await local.bot('PUT', `/applications/${bot.application.id}/commands`, [
      { type: 2, name: 'Course status' },
      { type: 3, name: 'Report' },
    ]);
    const answer = () =>
      bot.once(Events.InteractionCreate, (interaction) => {
        if (interaction.isUserContextMenuCommand()) void interaction.reply(`About ${interaction.targetUser.username}`);
        if (interaction.isMessageContextMenuCommand()) {
          void interaction.reply(`Reported: ${interaction.targetMessage.content}`);
        }
      });
    const said = await bot.rest.post(`/channels/${guild.channelId}/messages`, { body: { content: 'Something bad' } });
    expect(said).toHaveProperty('content', 'Something bad');
    await sees('Something bad', messages());
    answer();
    await tabTo(page, page.getByLabel('Commands for Budi S.'));
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Course status' }).waitFor();
    await takePicture(page, 'context-menu');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await sees('About budi', messages());
    await sees('used Course status', messages());
    answer();
    const message = messages().locator('.message', { hasText: 'Something bad' }).first();
    await message.locator('summary').click();
    await message.getByRole('button', { name: 'Report' }).click();
    await sees('Reported: Something bad', messages());
    expect(await page.getByRole('button', { name: 'Course status' }).isVisible()).toBe(false);
  });

  it('clicks buttons, fills in a modal, and follows edits of a message live', async () => {
    const buttons = new ActionRowBuilder<ButtonBuilder>().addComponents(
      new ButtonBuilder().setCustomId('confirm').setLabel('Remove all').setStyle(ButtonStyle.Danger),
    );
    const channel = await bot.channels.fetch(guild.channelId);
    if (channel?.isSendable() !== true) throw new Error('The bot cannot write here.');
    const question = await channel.send({ content: 'Are you sure?', components: [buttons] });
    bot.once(Events.InteractionCreate, (clicked) => {
      if (!clicked.isButton()) return;
      const why = new TextInputBuilder().setCustomId('why').setStyle(TextInputStyle.Short);
      const modal = new ModalBuilder().setCustomId('reason').setTitle('Your reason');
      void clicked.showModal(modal.addLabelComponents(new LabelBuilder().setLabel('Why?').setTextInputComponent(why)));
      bot.once(Events.InteractionCreate, (sent) => {
        if (!sent.isModalSubmit() || !sent.isFromMessage()) return;
        void sent.update({ content: `Removed: ${sent.fields.getTextInputValue('why')}`, components: [] });
      });
    });
    await tabTo(page, messages().getByRole('button', { name: 'Remove all' }));
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Your reason' }).waitFor();
    await takePicture(page, 'modal');
    await page.getByLabel('Why?').fill('the course is over');
    await page.keyboard.press('Enter');
    await sees('Removed: the course is over', messages());
    expect(await messages().getByRole('button', { name: 'Remove all' }).count()).toBe(0);
    await question.edit('Nothing to see');
    await sees('Nothing to see', messages());
  });

  it('shows the audit log, and the requests with what is left in their buckets', async () => {
    await local.bot('DELETE', `/guilds/${guild.id}/members/${ayu}`, undefined, {
      'x-audit-log-reason': 'course%20over',
    });
    await page.getByText('Audit log').click();
    await sees(/kicked Ayu W\./, page.locator('#audit-log'));
    await sees('course over', page.locator('#audit-log'));
    const log = page.getByRole('region', { name: 'Requests' });
    await sees('DELETE', log);
    const buckets = { 'GET /guilds/:id/roles': { limit: 1, windowMs: 60_000 } };
    await local.control('PUT', '/sandbox/limits', { enforce: true, buckets });
    await local.bot('GET', `/guilds/${guild.id}/roles`);
    await local.bot('GET', `/guilds/${guild.id}/roles`);
    await log.getByRole('row', { name: /GET \/guilds\/:id\/roles 429 0/ }).waitFor();
    await sees('Rate limits are enforced', log);
    await takePicture(page, 'start-page');
    await page.emulateMedia({ colorScheme: 'dark' });
    await takePicture(page, 'start-page-dark');
    await local.control('PUT', '/sandbox/limits', { enforce: false });
  });

  it('made no mistake of its own on the way', () => expect(mistakes).toEqual([]));

  it('finds everybody to act as, also among very many', async () => {
    const other = await startLocal();
    const crowd = await browser.newPage();
    await crowd.goto(other.url);
    const [find, actor] = [crowd.getByLabel('Find a person'), crowd.getByLabel('You are')];
    await actor.getByText('nobody yet').waitFor({ state: 'attached' });
    expect(await find.isVisible()).toBe(false);
    await other.control('POST', '/sandbox/users/bulk', { count: 301, prefix: 'many' });
    await other.person('zulkifli', { globalName: 'Zul K.' });
    await find.fill('ZUL');
    await actor.selectOption({ label: 'Zul K.' });
    await find.fill('');
    await actor.locator('option').nth(299).waitFor({ state: 'attached' });
    expect(await actor.locator('option:checked').textContent()).toBe('Zul K.');
    await crowd.close();
    await other.close();
  });

  it('shows nothing of a server that is gone', async () => {
    const other = await startLocal();
    const gone = await other.server('Short-lived');
    await other.bot('POST', `/channels/${gone.channelId}/messages`, { content: 'Not for long' });
    const elsewhere = await browser.newPage();
    await elsewhere.goto(other.url);
    await elsewhere.getByText('Not for long').waitFor();
    await other.control('POST', '/sandbox/reset');
    await elsewhere.getByRole('heading', { name: 'Nothing here yet' }).waitFor();
    await elsewhere.getByText('Not for long').waitFor({ state: 'detached' });
    for (const list of ['#members', '#channels', '#roles'])
      expect(await elsewhere.locator(list).textContent()).toBe('');
    await elsewhere.close();
    await other.close();
  });

  it('has a page behind each invite link, usable by keyboard', async () => {
    const invite = await local.bot('POST', `/channels/${guild.channelId}/invites`, { max_uses: 1, unique: true });
    await page.goto(`${local.url}/invite/${String(invite.body['code'])}`);
    await takePicture(page, 'invite');
    await tabTo(page, page.getByRole('radio').first());
    while (!(await page.getByRole('radio', { name: 'Ayu W. ayu' }).isChecked())) await page.keyboard.press('ArrowDown');
    await tabTo(page, page.getByRole('button', { name: 'Accept invite' }));
    await page.keyboard.press('Enter');
    await sees('Ayu W. is in Algebra');
    await page.reload();
    expect((await local.bot('GET', `/guilds/${guild.id}/members/${ayu}`)).status).toBe(200);
    expect((await page.goto(`${local.url}/invite/${String(invite.body['code'])}`))?.status()).toBe(404);
    await sees('Invite invalid');
  });
});

/** The contrast of two colours as CSS computes them, `rgb(…)` (WCAG 2.2, 1.4.3). */
function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((left, right) => left - right);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = (colour.match(/\d+/g) ?? [])
    .map((text) => Number(text) / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
