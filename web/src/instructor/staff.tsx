import { useState } from 'react';
import { useAction } from '../api/data';
import { Button } from '../components/button';
import { Card } from '../components/card';
import { useErrorSentence } from '../components/error-state';
import { toast } from '../components/toast';
import { useTexts } from '../texts/texts';
import { setStaff } from './course.generated';
import { type Course, type Viewer } from './course-shown';
import { TextField } from './field';
import { settingsTexts } from './settings-texts';

const USER_ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Who teaches the course with its owner; the owner and admins choose them. */
export function Staff({ course, viewer }: { readonly course: Course; readonly viewer: Viewer }) {
  const words = useTexts(settingsTexts);
  const sentence = useErrorSentence();
  const [id, setId] = useState('');
  const { mutate, isPending } = useAction(setStaff);
  const { staff } = course;
  const mayChoose = viewer.role === 'ADMIN' || viewer.id === course.instructorId;
  const choose = (userIds: string[]) =>
    mutate(
      { courseId: course.id, userIds },
      {
        onSuccess: () => {
          setId('');
          toast('good', words.staffSaved);
        },
        onError: (error) => toast('bad', sentence(error)),
      },
    );
  const add = () => {
    if (USER_ID.test(id.trim())) choose([...staff.map((each) => each.id), id.trim().toLowerCase()]);
    else toast('bad', words.staffBadId);
  };
  return (
    <Card title={words.staff}>
      <div className="space-y-4 border-t border-line px-4 py-4 sm:px-6">
        <p className="text-ink-soft">{mayChoose ? words.staffHint : words.staffOwner}</p>
        {staff.length === 0 && <p>{words.staffNone}</p>}
        {staff.length > 0 && (
          <ul aria-label={words.staff}>
            {staff.map((person) => {
              const name = person.displayName ?? words.staffNameless;
              return (
                <li
                  key={person.id}
                  className="flex min-h-11 items-center justify-between border-t border-line first:border-0"
                >
                  {name}
                  {mayChoose && (
                    <Button
                      look="quiet"
                      aria-label={words.staffRemove(name)}
                      disabled={isPending}
                      onClick={() => choose(staff.filter((each) => each.id !== person.id).map((each) => each.id))}
                    >
                      {words.staffRemoveShort}
                    </Button>
                  )}
                </li>
              );
            })}
          </ul>
        )}
        {mayChoose && (
          <form
            className="flex flex-wrap items-end gap-3"
            onSubmit={(event) => {
              event.preventDefault();
              add();
            }}
          >
            <div className="min-w-0 flex-1 basis-64">
              <TextField
                label={words.staffAdd}
                value={id}
                required
                autoComplete="off"
                onChange={(event) => setId(event.target.value)}
              />
            </div>
            <Button type="submit" busy={isPending}>
              {words.staffAddDo}
            </Button>
          </form>
        )}
      </div>
    </Card>
  );
}
