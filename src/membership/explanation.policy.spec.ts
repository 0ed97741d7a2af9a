import { explain, languageOf, nextStepOf, REASONS_OF_STATUS } from './explanation.policy';

const NAMES = { server: 'Faculty', course: 'Algebra I' };

describe('what a state says of itself', () => {
  const reasons = Object.values(REASONS_OF_STATUS).flat();

  it.each(reasons)(
    '%s: one sentence in each language, to the student and to somebody else, with its names',
    (reason) => {
      const all = (['you', 'they'] as const).flatMap((person) =>
        (['en', 'id'] as const).map((language) => explain(reason, NAMES, language, person)),
      );
      for (const sentence of all) expect(sentence).toMatch(/^[A-Z].*\.$/);
      expect(new Set(all).size).toBe(4);
      expect(all.join('')).not.toMatch(/[{}]|guild/);
    },
  );

  it.each(reasons)('%s: does not speak to staff as if they were the student', (reason) => {
    const english = explain(reason, NAMES, 'en', 'they').replace('you can invite them', '');
    expect(english).not.toMatch(/\byou/i);
    const indonesian = explain(reason, NAMES, 'id', 'they').replace('kamu bisa mengundangnya', '');
    expect(indonesian).not.toMatch(/kamu|mu\b/i);
  });

  it('names the one thing to do next', () => {
    expect(nextStepOf('ACCOUNT_NOT_LINKED')).toBe('CONNECT_DISCORD');
    expect(nextStepOf('LEFT_BY_CHOICE')).toBe('REJOIN');
    expect(nextStepOf('ADDED')).toBeNull();
  });

  it.each([
    [undefined, 'en'],
    ['id', 'id'],
    ['in-ID,en;q=0.5', 'id'],
    ['de-DE,de;q=0.9,id;q=0.8,en;q=0.7', 'id'],
    ['en-GB,id;q=0.9', 'en'],
    ['id;q=0,en', 'en'],
    ['id;q=nonsense', 'en'],
  ])('Accept-Language %s is answered in %s', (header, language) => {
    expect(languageOf(header)).toBe(language);
  });
});
