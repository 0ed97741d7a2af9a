import { type APIEmbed } from 'discord-api-types/v10';
import { fitted, messageOf, type Reply } from './reply';

const embedOf = (reply: Omit<Reply, 'headline' | 'tone'>): APIEmbed | undefined =>
  messageOf({ headline: 'Headline', tone: 'plain', ...reply }).embeds[0];
const long = (name: string) => ({ name, value: 'x'.repeat(2_000) });

describe('a reply as a message', () => {
  it('pings nobody, and takes away what the message had before', () => {
    expect(messageOf({ headline: '@everyone', tone: 'plain' })).toEqual({
      content: '@everyone',
      embeds: [],
      components: [],
      allowedMentions: { parse: [] },
    });
  });

  it('stays within what Discord takes, however much there is to say', () => {
    const embed = embedOf({
      text: 'x'.repeat(5_000),
      footer: 'x'.repeat(3_000),
      fields: Array.from({ length: 30 }, (_, index) => long(`Field ${index}`)),
    });
    const lengths = [
      embed?.description,
      embed?.footer?.text,
      ...(embed?.fields ?? []).flatMap((f) => [f.name, f.value]),
    ];
    expect(lengths.reduce((sum, text) => sum + (text?.length ?? 0), 0)).toBeLessThanOrEqual(6_000);
    expect(embed?.description).toHaveLength(4_000);
    expect(embedOf({ fields: Array.from({ length: 4 }, (_, index) => long(`Field ${index}`)) })?.fields).toHaveLength(
      4,
    );
  });

  it('has rows of five buttons, five at the most', () => {
    const buttons = Array.from({ length: 27 }, (_, index) => ({ label: 'x'.repeat(100), id: String(index) }));
    const rows = messageOf({ headline: '', tone: 'plain', buttons }).components;
    expect(rows.map(({ components }) => components.length)).toEqual([5, 5, 5, 5, 5]);
    expect(rows[0]?.components[0]).toMatchObject({ label: `${'x'.repeat(79)}…` });
  });

  it('names fewer when there is no room for all', () => {
    const names = (length: number) => (shown: number) => ['Names:', ...Array<string>(shown).fill('x'.repeat(length))];
    expect(fitted(10, names(10)).split('\n')).toHaveLength(11);
    expect(fitted(10, names(300)).split('\n')).toHaveLength(4);
    expect(fitted(10, names(2_000))).toBe('Names:');
  });
});
