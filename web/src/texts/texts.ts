import { type Language, useLanguage } from './language';

/** What a page says: sentences, and sentences with something in them. */
type Sentences = Readonly<Record<string, string | ((...values: never[]) => string)>>;

/** The same sentences in a language: every one, and taking the same values. */
type Translated<T extends Sentences> = {
  readonly [Key in keyof T]: T[Key] extends string ? string : T[Key];
};

export type Texts<T extends Sentences> = Readonly<Record<Language, Translated<T>>>;

/** The texts of one page or component, complete in every language or it does not compile. */
export function texts<T extends Sentences>(en: T, id: Translated<T>): Texts<T> {
  return { en: en as Translated<T>, id };
}

/** The texts in the language that is spoken now. */
export function useTexts<T extends Sentences>(all: Texts<T>): Translated<T> {
  return all[useLanguage()];
}
