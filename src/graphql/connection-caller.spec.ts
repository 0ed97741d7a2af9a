import { type Caller } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { callerOfConnection, closeReason, refusalOfConnection } from './connection-caller';

const caller: Caller = { userId: 'u', role: 'STUDENT', claims: {}, expiresAt: 1 };
const authenticate = (authorization?: string) =>
  authorization === 'Bearer good'
    ? Promise.resolve(caller)
    : authorization === undefined
      ? Promise.resolve(null)
      : Promise.reject(new DomainError('UNAUTHENTICATED', 'The token is not signed by the platform.'));

describe('opening a WebSocket', () => {
  it.each(['authorization', 'Authorization', 'AUTHORIZATION'])('presents the token as %s', async (key) => {
    await expect(callerOfConnection({ [key]: 'Bearer good' }, {}, authenticate)).resolves.toBe(caller);
  });

  it.each([undefined, {}, { authorization: 5 }, { token: 'Bearer good' }])(
    'with %j is told how to present a token',
    async (parameters) => {
      await expect(callerOfConnection(parameters, {}, authenticate)).resolves.toMatchObject({ closeCode: 4401 });
    },
  );

  it('with a bad token is told what is wrong with it', async () => {
    await expect(callerOfConnection({ authorization: 'Bearer bad' }, {}, authenticate)).resolves.toEqual({
      closeCode: 4403,
      reason: 'The token is not signed by the platform.',
    });
  });

  it('does not take a failure of ours for a bad token', async () => {
    const broken = () => Promise.reject(new Error('no route to the key server'));
    await expect(callerOfConnection({}, {}, broken)).rejects.toThrow('no route');
  });
});

describe('a WebSocket that was opened', () => {
  it('goes on with a good token, and not with one that is good no more', async () => {
    await expect(refusalOfConnection({ authorization: 'Bearer good' }, {}, authenticate)).resolves.toBeUndefined();
    await expect(refusalOfConnection({ authorization: 'Bearer bad' }, {}, authenticate)).resolves.toMatchObject({
      closeCode: 4403,
    });
  });

  it.each([new Error('no route'), new DomainError('INTERNAL_SERVER_ERROR', 'The keys cannot be had.')])(
    'goes on while that cannot be found out: %s',
    async (error) => {
      await expect(refusalOfConnection({}, {}, () => Promise.reject(error))).resolves.toBeUndefined();
    },
  );
});

describe('the reason of a closed WebSocket', () => {
  it.each(['é'.repeat(100), 'a'.repeat(200), `a${'界'.repeat(60)}`, '🙂'.repeat(40)])(
    'fits its frame: %s',
    (sentence) => {
      const reason = closeReason(sentence);
      expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123);
      expect(reason).not.toContain('\uFFFD');
      expect(reason.endsWith('…')).toBe(true);
    },
  );
});
