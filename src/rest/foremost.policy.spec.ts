import { type MembershipReason, type MembershipStatus } from '../membership/claim.policy';
import { foremost } from './foremost.policy';

describe('of several memberships, the one that is told first', () => {
  it.each<[string, [MembershipStatus, MembershipReason][], MembershipReason | undefined]>([
    ['none', [], undefined],
    [
      'a held removal before everything',
      [
        ['pending', 'SERVER_NOT_READY'],
        ['joined', 'REMOVAL_HELD'],
      ],
      'REMOVAL_HELD',
    ],
    [
      'a server that is not ready before the account',
      [
        ['pending', 'ACCOUNT_NOT_LINKED'],
        ['pending', 'SERVER_NOT_READY'],
      ],
      'SERVER_NOT_READY',
    ],
    [
      'trouble with the account before waiting',
      [
        ['pending', 'QUEUED'],
        ['pending', 'CONNECTION_REVOKED'],
      ],
      'CONNECTION_REVOKED',
    ],
    [
      'trouble with an invite before waiting',
      [
        ['pending', 'QUEUED'],
        ['invited', 'INVITE_EXPIRED'],
      ],
      'INVITE_EXPIRED',
    ],
    [
      'waiting before having left',
      [
        ['left', 'LEFT_BY_CHOICE'],
        ['pending', 'QUEUED'],
      ],
      'QUEUED',
    ],
    [
      'having left before an open invite',
      [
        ['invited', 'INVITE_OPEN'],
        ['left', 'LEFT_BY_CHOICE'],
      ],
      'LEFT_BY_CHOICE',
    ],
    [
      'an open invite before being in',
      [
        ['joined', 'ADDED'],
        ['invited', 'INVITE_OPEN'],
      ],
      'INVITE_OPEN',
    ],
    [
      'being in before having been removed',
      [
        ['removed', 'ENROLLMENT_ENDED'],
        ['joined', 'ADDED'],
      ],
      'ADDED',
    ],
  ])('%s', (_, standings, expected) => {
    const memberships = standings.map(([status, reason]) => ({ status, reason }));
    expect(foremost(memberships)?.reason).toBe(expected);
    expect(foremost(memberships.toReversed())?.reason).toBe(expected);
  });
});
