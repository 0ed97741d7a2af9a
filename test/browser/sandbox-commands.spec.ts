import { once } from 'node:events';
import {
  ActionRowBuilder,
  ButtonBuilder,
  ButtonStyle,
  Client,
  Events,
  type Interaction,
  MessageFlags,
} from 'discord.js';
import { type Browser, type Page } from 'playwright-core';
import { type Local, startLocal } from '../sandbox/local';
import { launchBrowser } from '../support/browser';

const TEXT = { type: 3, required: true, autocomplete: true };
const COMMANDS = [
  {
    name: 'grade',
    description: 'How somebody does',
    description_localizations: { id: 'Bagaimana seseorang' },
    options: [
      { ...TEXT, name: 'course', description: 'Which', description_localizations: { id: 'Yang mana' } },
      { ...TEXT, name: 'student', description: 'Who' },
    ],
  },
  { type: 2, name: 'Grades', name_localizations: { id: 'Nilai' } },
];

const BUTTONS = new ActionRowBuilder<ButtonBuilder>().addComponents(
  new ButtonBuilder({ style: ButtonStyle.Link, label: 'Page', url: 'https://example.org/' }),
  new ButtonBuilder({ style: ButtonStyle.Secondary, label: 'More', customId: 'more' }),
);

/** Offers whoever is called Budi in the course that was typed, and says what it was asked, and in which language. */
function answer(interaction: Interaction): void {
  if (interaction.isAutocomplete()) {
    const course = interaction.options.getString('course');
    void interaction.respond(['1', '2'].map((id) => ({ name: `Budi of ${course}`, value: `id-${id}` })));
  }
  if (!interaction.isCommand()) return;
  const typed = interaction.isChatInputCommand() ? interaction.options.getString('student') : 'the menu';
  void interaction.reply({
    content: `${typed}, ${interaction.locale}`,
    components: [BUTTONS],
    flags: MessageFlags.Ephemeral,
  });
}

describe('commands on the page of the local Discord, in a browser', () => {
  let browser: Browser;
  let page: Page;
  let local: Local;
  let bot: Client;

  beforeAll(async () => {
    local = await startLocal();
    const guild = await local.server('Algebra', '8');
    const budi = await local.person('budi', { globalName: 'Budi S.' });
    await local.control('PUT', `/sandbox/guilds/${guild.id}/members/${budi}`, {});
    bot = new Client({ intents: 1, rest: { api: `${local.url}/api` } });
    const ready = once(bot, Events.ClientReady);
    await bot.login(local.application.botToken);
    await ready;
    bot.on(Events.InteractionCreate, answer);
    await local.bot('PUT', `/applications/${bot.application!.id}/commands`, COMMANDS);
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(15_000);
    await page.goto(local.url);
    await page.getByLabel('You are').selectOption({ label: 'Budi S.' });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await bot.destroy();
    await local.close();
  });

  const messages = () => page.getByRole('log', { name: 'Messages' });
  const said = (text: string | RegExp) => messages().getByText(text).waitFor();
  const run = () => page.getByRole('button', { name: 'Run' }).click();

  it('are completed by names, and the bot hears what was typed into the other options', async () => {
    await page.getByLabel('course: Which').fill('Logic');
    await page.getByLabel('student: Who').fill('bu');
    const offered = page.locator('#choices-student option');
    await offered.first().waitFor({ state: 'attached' });
    const values = await Promise.all((await offered.all()).map((each) => each.getAttribute('value')));
    // Two of the same name are told apart.
    expect(values).toEqual(['Budi of Logic', 'Budi of Logic (id-2)']);
    for (const [index, name] of ['Budi of Logic', 'Budi of Logic (id-2)'].entries()) {
      await page.getByLabel('course: Which').fill('Logic');
      await page.getByLabel('student: Who').fill(name);
      await run();
      await said(`id-${index + 1}, en-US`);
    }
  });

  it('are run, and described, in the language that is chosen', async () => {
    await page.getByLabel('Language').selectOption({ label: 'Bahasa Indonesia' });
    await page.getByLabel('course: Yang mana').fill('Logic');
    expect(await page.getByLabel('Command', { exact: true }).innerText()).toBe('/grade: Bagaimana seseorang');
    await page.getByLabel('student: Who').fill('typed');
    await run();
    await said('typed, id');
    await page.locator('#members').getByLabel('Commands for Budi S.').click();
    await page.getByRole('button', { name: 'Nilai' }).click();
    await said('the menu, id');
    await page.reload();
    expect(await page.getByLabel('Language').inputValue()).toBe('id');
  });

  it('say who used what; a button that leads elsewhere looks like the others', async () => {
    await said(/used Grades · only you can see this$/);
    const last = messages().locator('.message').last();
    const [page_, more] = [last.getByRole('link', { name: 'Page' }), last.getByRole('button', { name: 'More' })];
    const heights = await Promise.all([page_, more].map(async (each) => (await each.boundingBox())?.height));
    expect(heights[0]).toBe(heights[1]);
  });
});
