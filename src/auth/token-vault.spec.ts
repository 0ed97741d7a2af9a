import { randomBytes } from 'node:crypto';
import { type Config, type EncryptionKey } from '../config/config';
import { TokenVault, UnreadableToken } from './token-vault';

const ANNA = '11111111-1111-4111-8111-111111111111';
const BEN = '22222222-2222-4222-8222-222222222222';

const key = (id: string): EncryptionKey => ({ id, key: new Uint8Array(randomBytes(32)) });
const vaultOf = (...encryptionKeys: [EncryptionKey, ...EncryptionKey[]]) =>
  new TokenVault({ encryptionKeys } as Partial<Config> as Config);

describe('A stored Discord token', () => {
  const old = key('2025');
  const current = key('2026');
  const vault = vaultOf(current, old);

  it('opens for the user it was stored for, and reads differently each time it is stored', async () => {
    const stored = await vault.encrypt(ANNA, 'secret-token');
    expect(stored).not.toContain('secret-token');
    await expect(vault.decrypt(ANNA, stored)).resolves.toBe('secret-token');
    await expect(vault.encrypt(ANNA, 'secret-token')).resolves.not.toBe(stored);
  });

  it("does not open in another user's row, even with its header rewritten", async () => {
    const stored = await vault.encrypt(ANNA, 'secret-token');
    await expect(vault.decrypt(BEN, stored)).rejects.toThrow(UnreadableToken);
    const [header = '', ...rest] = stored.split('.');
    const fields = JSON.parse(Buffer.from(header, 'base64url').toString()) as object;
    const rewritten = Buffer.from(JSON.stringify({ ...fields, sub: BEN })).toString('base64url');
    await expect(vault.decrypt(BEN, [rewritten, ...rest].join('.'))).rejects.toThrow(UnreadableToken);
  });

  it('opens after a key was added in front, and under a new name', async () => {
    const stored = await vaultOf(old).encrypt(ANNA, 'secret-token');
    await expect(vault.decrypt(ANNA, stored)).resolves.toBe('secret-token');
    await expect(vaultOf(current, { ...old, id: 'renamed' }).decrypt(ANNA, stored)).resolves.toBe('secret-token');
  });

  it('does not open once its key is gone, when it was changed, or when it is no token', async () => {
    const stored = await vault.encrypt(ANNA, 'secret-token');
    await expect(vaultOf(old).decrypt(ANNA, stored)).rejects.toThrow(UnreadableToken);
    const last = stored.endsWith('A') ? 'B' : 'A';
    for (const broken of [`${stored.slice(0, -1)}${last}x`, stored.slice(0, 40), 'plain-text', '']) {
      await expect(vault.decrypt(ANNA, broken)).rejects.toThrow(UnreadableToken);
    }
  });
});
