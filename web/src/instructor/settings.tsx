import { useState } from 'react';
import { useAction } from '../api/data';
import { Button } from '../components/button';
import { Card } from '../components/card';
import { useErrorSentence } from '../components/error-state';
import { toast } from '../components/toast';
import { useTexts } from '../texts/texts';
import { CheckList } from './checklist';
import { type CourseServerFragment, updateServer } from './course.generated';
import { rulesOf } from './rules.policy';
import { RulesFields } from './rules-fields';
import { ServerParts } from './server-parts';
import { ServerSwitches } from './server-switches';
import { settingsTexts } from './settings-texts';

/** What was decided in the set-up, to be changed; what the bot has; and the ways to stop. */
export function Settings({ course, server }: { readonly course: string; readonly server: CourseServerFragment }) {
  const words = useTexts(settingsTexts);
  const sentence = useErrorSentence();
  const { inviteChannelId, studentRoleId } = server;
  const stored = { inviteChannelId, studentRoleId, ...rulesOf(server) };
  // Null while nothing was changed here: then what is stored is shown, also when somebody else changes it.
  const [edited, setEdited] = useState<typeof stored | null>(null);
  const { mutate, isPending } = useAction(updateServer);
  const value = edited ?? stored;
  const save = () =>
    mutate(
      { id: server.id, ...value },
      {
        onSuccess: () => {
          setEdited(null);
          toast('good', words.saved);
        },
        onError: (error) => toast('bad', sentence(error)),
      },
    );
  return (
    <>
      <Card title={words.server(server.guildName)}>
        <div className="space-y-6 border-t border-line px-4 py-4 sm:px-6">
          {server.health !== 'UNREACHABLE' && (
            <ServerParts
              guildId={server.guildId}
              value={value}
              onChange={(parts) => setEdited({ ...value, ...parts })}
            />
          )}
          <CheckList checks={server.preflight.checks} isLive />
          <RulesFields
            rules={value}
            course={course}
            server={server.guildName}
            onChange={(rules) => setEdited({ ...value, ...rules })}
          />
          <div className="flex flex-wrap items-center justify-end gap-3">
            {edited === null ? (
              <p className="text-ink-soft">{words.unchanged}</p>
            ) : (
              <Button look="quiet" onClick={() => setEdited(null)}>
                {words.undoEdits}
              </Button>
            )}
            <Button look="primary" busy={isPending} disabled={edited === null} onClick={save}>
              {words.save}
            </Button>
          </div>
        </div>
      </Card>
      <ServerSwitches server={server} />
    </>
  );
}
