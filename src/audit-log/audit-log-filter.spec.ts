import { conditions, type LogFilter, matches } from './audit-log-filter';
import { type LogRow } from './log-row';

const row: LogRow = {
  seq: '7',
  id: '00000000-0000-4000-8000-000000000001',
  action: 'remove',
  status: 'failed',
  userId: 'student',
  courseId: 'course',
  guildId: null,
  actorId: null,
  runId: null,
  details: null,
  errorMessage: null,
  createdAt: new Date('2026-01-31T12:00:00Z'),
  membershipId: null,
  previousStatus: null,
  newStatus: null,
  reason: null,
};

describe('a filter of the log', () => {
  it.each<[string, LogFilter, boolean]>([
    ['nothing', {}, true],
    ['null everywhere', { action: null, status: null, userId: null, since: null }, true],
    ['one of several actions', { action: ['add', 'remove'] }, true],
    ['no action at all', { action: [] }, false],
    ['another status', { status: ['success'] }, false],
    ['the student', { userId: 'student' }, true],
    ['somebody else', { userId: 'other' }, false],
    ['a server, where the entry has none', { guildId: '1' }, false],
    ['from the very instant', { since: row.createdAt }, true],
    ['until the very instant', { until: row.createdAt }, false],
    ['everything at once', { action: ['remove'], status: ['failed'], userId: 'student', courseId: 'course' }, true],
  ])('that asks for %s', (_what, filter, expected) => {
    expect(matches(filter, row)).toBe(expected);
  });

  it('becomes conditions with parameters, never with values in the text', () => {
    const parameters: unknown[] = ['already there'];
    expect(conditions({ userId: `'; DROP`, action: ['add'], status: null }, parameters)).toEqual([
      'action = ANY($2)',
      'user_id = $3',
    ]);
    expect(parameters).toEqual(['already there', ['add'], `'; DROP`]);
  });

  it('is refused when its dates leave no time between them', () => {
    expect(() => conditions({ since: row.createdAt, until: row.createdAt }, [])).toThrow(/"since" must be earlier/);
  });
});
