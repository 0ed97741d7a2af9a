import { ChevronRight } from 'lucide-react';
import { Button } from '../components/button';
import { Switch } from '../components/switch';
import { useLanguage } from '../texts/language';
import { useTexts } from '../texts/texts';
import { Choices } from './choices';
import { TextArea, TextField } from './field';
import { exampleTimes, MAX_GRACE_HOURS, MAX_WELCOME, type Rules, welcomePreview } from './rules.policy';
import { rulesTexts } from './rules-texts';

const POLICIES = ['KICK', 'REMOVE_ROLE', 'KEEP'] as const;
const VARIABLES = ['{student}', '{course}', '{server}'] as const;

/** What happens when access ends, explained by an example; the welcome as it will look; and the rarer rules. */
export function RulesFields({
  rules,
  course,
  server,
  onChange,
}: {
  readonly rules: Rules;
  readonly course: string;
  readonly server: string | null;
  readonly onChange: (rules: Rules) => void;
}) {
  const words = useTexts(rulesTexts);
  const language = useLanguage();
  const { removalPolicy, removalGraceHours } = rules;
  const { ends, acts } = exampleTimes(removalGraceHours, language);
  const welcome = rules.welcomeMessage ?? '';
  const setWelcome = (text: string) => onChange({ ...rules, welcomeMessage: text === '' ? null : text });
  return (
    <div className="space-y-6">
      <div className="space-y-3">
        <p aria-hidden className="font-medium">
          {words.ends}
        </p>
        <Choices
          label={words.ends}
          value={removalPolicy}
          options={POLICIES.map((value) => ({ value, title: words[value], hint: words[`${value}Hint`] }))}
          onChange={(chosen) => onChange({ ...rules, removalPolicy: chosen })}
        />
        {removalPolicy !== 'KEEP' && (
          <div className="max-w-60">
            <TextField
              label={words.grace}
              hint={words.graceHint}
              type="number"
              inputMode="numeric"
              min={0}
              max={MAX_GRACE_HOURS}
              value={removalGraceHours}
              onChange={(event) => {
                const hours = Math.trunc(Number(event.target.value));
                onChange({ ...rules, removalGraceHours: Math.min(Math.max(hours || 0, 0), MAX_GRACE_HOURS) });
              }}
            />
          </div>
        )}
        <p role="status" className="rounded-md bg-surface px-3 py-2">
          {words[`example${removalPolicy}`](ends, acts)}
        </p>
        {removalPolicy === 'KICK' && <p className="text-ink-soft">{words.exampleNever}</p>}
      </div>
      <div className="space-y-2">
        <TextArea
          label={words.welcome}
          hint={words.welcomeHint}
          placeholder={words.welcomePlaceholder}
          maxLength={MAX_WELCOME}
          value={welcome}
          onChange={(event) => setWelcome(event.target.value)}
        />
        <div role="group" aria-label={words.variables} className="flex flex-wrap gap-2">
          {VARIABLES.map((variable) => (
            <Button
              key={variable}
              aria-label={words.insert(variable)}
              onClick={() => setWelcome(`${welcome}${variable}`)}
            >
              <code>{variable}</code>
            </Button>
          ))}
        </div>
        {welcome !== '' && (
          <figure className="rounded-md border border-line bg-surface px-3 py-2">
            <figcaption className="text-xs text-ink-faint">{words.preview}</figcaption>
            <p className="whitespace-pre-wrap">
              {welcomePreview(welcome, { student: words.someone, course, server: server ?? words.theServer })}
            </p>
          </figure>
        )}
      </div>
      <details className="group">
        <summary className="inline-flex min-h-11 list-none items-center gap-2 rounded-md font-medium">
          <ChevronRight aria-hidden className="size-4 transition-transform group-open:rotate-90" />
          {words.more}
        </summary>
        <div className="mt-2 space-y-4">
          <Switch
            label={words.autoInvite}
            hint={words.autoInviteHint}
            checked={rules.autoInvite}
            onChange={(autoInvite) => onChange({ ...rules, autoInvite })}
          />
          <Switch
            label={words.adopt}
            hint={words.adoptHint}
            checked={rules.adoptExisting}
            onChange={(adoptExisting) => onChange({ ...rules, adoptExisting })}
          />
          <Switch
            label={words.screening}
            hint={words.screeningHint}
            checked={rules.roleAfterScreening}
            onChange={(roleAfterScreening) => onChange({ ...rules, roleAfterScreening })}
          />
          <Switch
            label={words.repair}
            hint={words.repairHint}
            checked={rules.driftPolicy === 'REPAIR'}
            onChange={(repair) => onChange({ ...rules, driftPolicy: repair ? 'REPAIR' : 'RESPECT' })}
          />
        </div>
      </details>
    </div>
  );
}
