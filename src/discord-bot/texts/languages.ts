import { type Language } from '../../common/language';
import { en } from './en';
import { id } from './id';
import { type Texts } from './texts';

/** Complete at compile time: a language that lacks a word does not build. */
export const TEXTS: Readonly<Record<Language, Texts>> = { en, id };
