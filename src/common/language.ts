/** The languages in which the service speaks to people. */
export type Language = 'en' | 'id';

/** The first language of Accept-Language that we speak; English when there is none. Indonesian is also known as "in". */
export function languageOf(acceptLanguage: string | undefined): Language {
  const wanted = (acceptLanguage ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
      const quality = Number(
        parameters
          .find((parameter) => parameter.trim().startsWith('q='))
          ?.trim()
          .slice(2) ?? 1,
      );
      return { language: tag.split('-')[0] ?? '', quality: Number.isFinite(quality) ? quality : 0 };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  const spoken = wanted.find(({ language }) => ['en', 'id', 'in'].includes(language))?.language;
  return spoken === 'id' || spoken === 'in' ? 'id' : 'en';
}
