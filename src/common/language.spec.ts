import { languageOf } from './language';

describe('the language in which somebody is answered', () => {
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
