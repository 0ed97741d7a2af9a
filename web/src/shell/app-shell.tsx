import { useQueryClient } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { ChevronDown } from 'lucide-react';
import { NavLink, Outlet, useNavigate } from 'react-router';
import { useData } from '../api/data';
import { send } from '../api/request';
import { buttonClass } from '../components/button';
import { useErrorSentence } from '../components/error-state';
import { Menu, MenuChoice, MenuItem, MenuLine } from '../components/menu';
import { OfflineBanner } from '../components/offline-banner';
import { toast } from '../components/toast';
import { currentLanguage, LANGUAGES, setLanguage, useLanguage } from '../texts/language';
import { texts, useTexts } from '../texts/texts';
import { setTheme, useTheme } from '../theme/theme';
import { Brand } from './brand';
import { PLACES } from './places';
import { viewer } from './viewer.generated';

const shellTexts = texts(
  {
    skip: 'Skip to the page',
    navigation: 'Pages',
    me: 'My Discord',
    courses: 'Courses',
    admin: 'Overview',
    account: 'Account and settings',
    language: 'Language',
    theme: 'Appearance',
    system: 'As the device',
    light: 'Light',
    dark: 'Dark',
    signOut: 'Sign out',
  },
  {
    skip: 'Langsung ke halaman',
    navigation: 'Halaman',
    me: 'Discord saya',
    courses: 'Kursus',
    admin: 'Ringkasan',
    account: 'Akun dan pengaturan',
    language: 'Bahasa',
    theme: 'Tampilan',
    system: 'Ikuti perangkat',
    light: 'Terang',
    dark: 'Gelap',
    signOut: 'Keluar',
  },
);

/** What surrounds every page of somebody who is signed in. */
export function AppShell() {
  const words = useTexts(shellTexts);
  const { data } = useData(viewer, {});
  const places = data ? PLACES[data.viewer.role] : [];
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#page"
        className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:m-2 focus:rounded-md focus:bg-raised focus:px-4 focus:py-2"
      >
        {words.skip}
      </a>
      <header className="border-b border-line">
        <div className="mx-auto flex min-h-14 max-w-6xl flex-wrap items-center gap-x-6 px-4 sm:px-6">
          <Brand />
          <nav
            aria-label={words.navigation}
            className={clsx(
              'order-last flex gap-1 max-sm:-mx-2 max-sm:basis-full sm:order-none',
              // One page needs no way to it.
              places.length < 2 && 'hidden',
            )}
          >
            {places.map(({ path, text }) => (
              <NavLink
                key={path}
                to={path}
                className={({ isActive }) =>
                  clsx(
                    'inline-flex min-h-11 items-center rounded-md px-2 sm:min-h-10 sm:px-3',
                    isActive ? 'font-medium text-ink' : 'text-ink-soft hover:text-ink',
                  )
                }
              >
                {words[text]}
              </NavLink>
            ))}
          </nav>
          <div className="ml-auto">
            <AccountMenu name={data?.viewer.displayName ?? null} />
          </div>
        </div>
      </header>
      <OfflineBanner />
      <main id="page" tabIndex={-1} className="mx-auto w-full max-w-6xl flex-1 px-4 py-6 outline-none sm:px-6 sm:py-10">
        <Outlet />
      </main>
    </div>
  );
}

function AccountMenu({ name }: { readonly name: string | null }) {
  const words = useTexts(shellTexts);
  const sentence = useErrorSentence();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const signOut = async () => {
    try {
      await send('/auth/session', { method: 'DELETE' });
      await navigate('/sign-in');
      queries.clear();
    } catch (error) {
      toast('bad', sentence(error));
    }
  };
  return (
    <Menu
      trigger={
        <button type="button" className={buttonClass('quiet', '-mr-3 max-w-56', 'px-3')}>
          <span className="truncate">{name ?? words.account}</span>
          {name !== null && <span className="sr-only">{words.account}</span>}
          <ChevronDown aria-hidden className="size-4 shrink-0" />
        </button>
      }
    >
      <LanguageChoice />
      <MenuLine />
      <ThemeChoice />
      <MenuLine />
      <MenuItem onSelect={() => void signOut()}>{words.signOut}</MenuItem>
    </Menu>
  );
}

function LanguageChoice() {
  const words = useTexts(shellTexts);
  const language = useLanguage();
  return <MenuChoice label={words.language} value={language} options={LANGUAGES} onChange={setLanguage} />;
}

function ThemeChoice() {
  const words = useTexts(shellTexts);
  const theme = useTheme();
  const options = { system: words.system, light: words.light, dark: words.dark };
  return <MenuChoice label={words.theme} value={theme} options={options} onChange={setTheme} />;
}

/** For pages of people who are not signed in yet: the other language, by one press. */
export function LanguageSwitch() {
  useLanguage();
  const other = currentLanguage() === 'en' ? 'id' : 'en';
  return (
    <button
      type="button"
      lang={other}
      className={buttonClass('quiet', undefined, 'px-3')}
      onClick={() => setLanguage(other)}
    >
      {LANGUAGES[other]}
    </button>
  );
}
