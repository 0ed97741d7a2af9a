import { LoaderCircle } from 'lucide-react';
import { useState } from 'react';
import { useAction } from '../api/data';
import { codeOf } from '../api/request';
import { Banner } from '../components/banner';
import { Button, ButtonOut } from '../components/button';
import { Card } from '../components/card';
import { ErrorState, useErrorSentence } from '../components/error-state';
import { SkeletonRows } from '../components/skeleton';
import { toast } from '../components/toast';
import { useTexts } from '../texts/texts';
import { CheckList } from './checklist';
import { FIRST_RULES, type Rules } from './rules.policy';
import { RulesFields } from './rules-fields';
import { ServerParts, type Parts } from './server-parts';
import { type MyServer, ServerStep } from './server-step';
import { createServer } from './setup.generated';
import { setupTexts } from './setup-texts';
import { Step, type StepState } from './step';
import { usePreflight } from './use-preflight';

const NOTHING: Parts = { inviteChannelId: null, studentRoleId: null };

/** From no server to a connected one: four steps in one column, each one line once it is done. */
export function SetUp({
  courseId,
  course,
  enrolled,
}: {
  readonly courseId: string;
  readonly course: string;
  readonly enrolled: number;
}) {
  const words = useTexts(setupTexts);
  const sentence = useErrorSentence();
  const [server, setServer] = useState<MyServer | null>(null);
  const [isChoosing, setChoosing] = useState(true);
  const [parts, setParts] = useState<Parts>(NOTHING);
  const [rules, setRules] = useState<Rules>(FIRST_RULES);
  const found = usePreflight(server?.id ?? null, parts);
  const create = useAction(createServer);

  const checks = server ? (found.data?.preflight.checks ?? []) : [];
  const isBotIn = checks.some(({ id, passed }) => id === 'BOT_PRESENT' && passed);
  const missing = checks.filter(
    ({ id, passed, required }) => required && !passed && !(id === 'KICK_MEMBERS' && rules.removalPolicy !== 'KICK'),
  );
  const isReady = isBotIn && missing.length === 0;
  const choose = (chosen: MyServer) => {
    if (chosen.id !== server?.id) setParts(NOTHING);
    setServer(chosen);
    setChoosing(false);
  };
  const save = () => {
    if (!server) return;
    create.mutate(
      { courseId, guildId: server.id, ...parts, ...rules },
      { onSuccess: () => toast('good', words.saved), onError: (error) => toast('bad', sentence(error)) },
    );
  };

  const botState: StepState = isBotIn ? 'done' : server && !isChoosing ? 'open' : 'waits';
  const accessState: StepState = !isBotIn ? 'waits' : missing.length === 0 ? 'done' : 'trouble';
  return (
    <Card title={words.title}>
      <p className="px-4 pb-4 text-ink-soft sm:px-6">{words.intro}</p>
      <ol>
        <Step
          number={1}
          title={words.server}
          state={server && !isChoosing ? 'done' : 'open'}
          summary={server && !isChoosing ? server.name : undefined}
          onChange={server && !isChoosing ? () => setChoosing(true) : undefined}
        >
          {isChoosing && <ServerStep onChoose={choose} />}
        </Step>
        <Step number={2} title={words.bot} state={botState} summary={isBotIn ? words.botIn : undefined}>
          {botState === 'open' && server && (
            <BotStep
              server={server}
              isLooking={found.data === undefined}
              error={found.data ? null : found.error}
              onRetry={() => void found.refetch()}
            />
          )}
        </Step>
        <Step
          number={3}
          title={words.access}
          state={accessState}
          summary={!isBotIn ? undefined : isReady ? words.accessOk : words.accessTrouble(missing.length)}
        >
          {isBotIn && server && (
            <div className="space-y-6">
              <ServerParts guildId={server.id} value={parts} onChange={setParts} />
              <CheckList checks={checks} isLive />
            </div>
          )}
        </Step>
        <Step number={4} title={words.rules} state={isBotIn ? 'open' : 'waits'}>
          {isBotIn && server && (
            <div className="space-y-6">
              <RulesFields rules={rules} course={course} server={server.name} onChange={setRules} />
              <div className="flex flex-wrap items-center justify-end gap-x-4 gap-y-2">
                {!isReady && <p className="min-w-0 text-ink-soft">{words.saveBlocked}</p>}
                <Button look="primary" busy={create.isPending} disabled={!isReady} onClick={save}>
                  {rules.autoInvite ? words.save(enrolled) : words.saveOnly}
                </Button>
              </div>
            </div>
          )}
        </Step>
      </ol>
    </Card>
  );
}

/** Discord's own dialog in a tab of its own; meanwhile it is asked whether the bot is there. */
function BotStep({
  server,
  isLooking,
  error,
  onRetry,
}: {
  readonly server: MyServer;
  /** It is not known yet whether the bot is there already. */
  readonly isLooking: boolean;
  readonly error: Error | null;
  readonly onRetry: () => void;
}) {
  const words = useTexts(setupTexts);
  if (error && codeOf(error) === 'SERVER_NOT_READY') return <Banner kind="info" title={error.message} />;
  if (error) return <ErrorState error={error} onRetry={onRetry} />;
  if (isLooking) return <SkeletonRows rows={1} />;
  return (
    <div className="space-y-3">
      <p>{words.addBotMeans}</p>
      <p className="text-ink-soft">{words.botAsks}</p>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <ButtonOut look="primary" href={server.botInstallUrl}>
          {words.addBot}
        </ButtonOut>
        <p role="status" className="flex items-center gap-2 text-ink-soft">
          <LoaderCircle aria-hidden className="size-4 shrink-0 animate-spin" />
          {words.botWaiting}
        </p>
      </div>
    </div>
  );
}
