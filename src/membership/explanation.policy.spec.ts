import { explain, languageOf, nextStepOf, REASONS_OF_STATUS } from './explanation.policy';

const NAMES = { server: 'Faculty', course: 'Algebra I' };

describe('what a state says of itself', () => {
  const reasons = Object.values(REASONS_OF_STATUS).flat();

  it.each(reasons)('%s: one sentence in each language, with its names filled in', (reason) => {
    const [english, indonesian] = [explain(reason, NAMES, 'en'), explain(reason, NAMES, 'id')];
    expect(english).toMatch(/^[A-Z].*\.$/);
    expect(indonesian).toMatch(/^[A-Z].*\.$/);
    expect(english).not.toBe(indonesian);
    expect(`${english}${indonesian}`).not.toMatch(/[{}]|guild/);
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
