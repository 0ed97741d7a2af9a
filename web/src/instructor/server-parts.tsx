import { useState } from 'react';
import { useAction, useData } from '../api/data';
import { codeOf } from '../api/request';
import { Banner } from '../components/banner';
import { Button } from '../components/button';
import { ErrorState, useErrorSentence } from '../components/error-state';
import { SkeletonRows } from '../components/skeleton';
import { toast } from '../components/toast';
import { useTexts } from '../texts/texts';
import { SelectField, TextField } from './field';
import { createRole, serverParts } from './setup.generated';
import { setupTexts } from './setup-texts';

export interface Parts {
  readonly inviteChannelId: string | null;
  readonly studentRoleId: string | null;
}

const REFUSED = new Set(['GUILD_NOT_MANAGED', 'NOT_LINKED', 'SERVER_NOT_READY']);

/** The channel and the role; the bot can make the role itself. */
export function ServerParts({
  guildId,
  value,
  onChange,
}: {
  readonly guildId: string;
  readonly value: Parts;
  readonly onChange: (value: Parts) => void;
}) {
  const words = useTexts(setupTexts);
  const { data, error, refetch } = useData(serverParts, { id: guildId });
  // A co-teacher may teach the course without managing the server: the service says so in a sentence.
  if (error && !data && REFUSED.has(codeOf(error))) return <Banner kind="info" title={error.message} />;
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonRows rows={1} />;
  if (!data.guild) return null;
  const { channels, roles } = data.guild;
  return (
    <div className="space-y-4">
      <div className="grid gap-4 sm:grid-cols-2">
        <SelectField
          label={words.channel}
          value={value.inviteChannelId ?? ''}
          onChange={(event) => onChange({ ...value, inviteChannelId: event.target.value || null })}
        >
          <option value="">{words.channelAuto}</option>
          {channels.map(({ id, name, botCanInvite }) => (
            <option key={id} value={id}>
              {botCanInvite ? `#${name}` : words.channelShut(name)}
            </option>
          ))}
        </SelectField>
        <SelectField
          label={words.role}
          value={value.studentRoleId ?? ''}
          onChange={(event) => onChange({ ...value, studentRoleId: event.target.value || null })}
        >
          <option value="">{words.roleNone}</option>
          {roles.map(({ id, name, botCanAssign }) => (
            <option key={id} value={id}>
              {botCanAssign ? name : words.roleShut(name)}
            </option>
          ))}
        </SelectField>
      </div>
      <NewRole guildId={guildId} onMade={(studentRoleId) => onChange({ ...value, studentRoleId })} />
    </div>
  );
}

function NewRole({ guildId, onMade }: { readonly guildId: string; readonly onMade: (roleId: string) => void }) {
  const words = useTexts(setupTexts);
  const sentence = useErrorSentence();
  const [name, setName] = useState<string | null>(null);
  const { mutate, isPending } = useAction(createRole);
  if (name === null)
    return (
      <Button look="quiet" className="-ml-4" onClick={() => setName(words.newRoleDefault)}>
        {words.makeRoleOpen}
      </Button>
    );
  const make = () =>
    mutate(
      { guildId, name },
      {
        onSuccess: ({ createGuildRole }) => {
          onMade(createGuildRole.id);
          setName(null);
          toast('good', words.roleMade(name));
        },
        onError: (error) => toast('bad', sentence(error)),
      },
    );
  return (
    <form
      className="flex flex-wrap items-end gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        make();
      }}
    >
      <div className="min-w-0 flex-1 basis-56">
        <TextField
          label={words.newRole}
          value={name}
          required
          maxLength={100}
          onChange={(event) => setName(event.target.value)}
        />
      </div>
      <Button type="submit" busy={isPending} disabled={name.trim() === ''}>
        {words.makeRole}
      </Button>
    </form>
  );
}
