import { IdCard, type LucideIcon, ShieldCheck, UserPlus } from 'lucide-react';
import { RadioGroup } from 'radix-ui';
import { useId, useState } from 'react';
import { Button } from '../components/button';
import { Card } from '../components/card';
import { useDiscordLink } from '../components/use-discord-link';
import { useTexts } from '../texts/texts';
import { meTexts } from './me-texts';

type Way = 'auto' | 'invites';

/** Before connecting: what we ask for and why, one choice, one button. */
export function ConnectCard() {
  const words = useTexts(meTexts);
  const [way, setWay] = useState<Way>('auto');
  const { isBusy, start } = useDiscordLink();
  const label = useId();
  return (
    <Card title={words.connectTitle}>
      <div className="space-y-5 border-t border-line px-4 py-4 sm:px-6 sm:py-5">
        <p className="text-base">{words.connectMeans}</p>
        <div>
          <p id={label} className="mb-2 font-medium">
            {words.way}
          </p>
          <RadioGroup.Root
            aria-labelledby={label}
            value={way}
            onValueChange={(value) => setWay(value as Way)}
            className="grid gap-2 sm:grid-cols-2"
          >
            <Choice value="auto" title={words.auto} hint={words.autoHint} />
            <Choice value="invites" title={words.invites} hint={words.invitesHint} />
          </RadioGroup.Root>
        </div>
        <div>
          <p className="mb-2 font-medium">{words.asks}</p>
          <ul className="space-y-2">
            <Asked icon={IdCard} what={words.asksName} why={words.asksNameWhy} />
            {way === 'auto' && <Asked icon={UserPlus} what={words.asksJoin} why={words.asksJoinWhy} />}
          </ul>
        </div>
        <div className="flex flex-wrap items-center gap-x-4 gap-y-3">
          <Button
            look="primary"
            className="max-sm:w-full"
            busy={isBusy}
            onClick={() => start({ autoJoin: way === 'auto' })}
          >
            {words.connect}
          </Button>
          <p className="flex items-center gap-2 text-ink-soft">
            <ShieldCheck aria-hidden className="size-4 shrink-0" />
            {words.never}
          </p>
        </div>
      </div>
    </Card>
  );
}

function Choice({ value, title, hint }: { readonly value: Way; readonly title: string; readonly hint: string }) {
  const id = useId();
  return (
    <div className="flex items-start gap-3 rounded-lg border border-line p-3 transition-colors has-data-[state=checked]:border-accent has-data-[state=checked]:bg-accent-soft">
      <RadioGroup.Item
        id={id}
        value={value}
        aria-describedby={`${id}-hint`}
        className="mt-0.5 grid size-5 shrink-0 place-items-center rounded-full border border-line-strong bg-raised data-[state=checked]:border-accent"
      >
        <RadioGroup.Indicator className="size-2.5 rounded-full bg-accent" />
      </RadioGroup.Item>
      <div className="min-w-0">
        <label htmlFor={id} className="font-medium">
          {title}
        </label>
        <p id={`${id}-hint`} className="text-ink-soft">
          {hint}
        </p>
      </div>
    </div>
  );
}

function Asked({ icon: Icon, what, why }: { readonly icon: LucideIcon; readonly what: string; readonly why: string }) {
  return (
    <li className="flex items-start gap-3">
      <Icon aria-hidden className="mt-0.5 size-5 shrink-0 text-accent" />
      <span>
        <span className="font-medium">{what}</span> <span className="text-ink-soft">{why}</span>
      </span>
    </li>
  );
}
