import { DiscordFailure } from './discord-failure';
import { TokenCircuit } from './token-circuit';

describe('while Discord refuses the bot token', () => {
  let now: number;
  let circuit: TokenCircuit;
  const admitted = () => {
    try {
      circuit.admit();
      return true;
    } catch (error) {
      expect(error).toBeInstanceOf(DiscordFailure);
      expect(error).toMatchObject({ kind: 'process' });
      return false;
    }
  };

  beforeEach(() => {
    now = 1_000_000;
    circuit = new TokenCircuit(60_000, () => now);
  });

  it('lets calls through as long as the token works', () => {
    circuit.answered(200);
    circuit.answered(403);
    expect(admitted()).toBe(true);
    expect(circuit.state).toEqual({ open: false, since: null });
  });

  it('makes no call after a 401, and says how long to wait', () => {
    circuit.answered(401);
    now += 20_000;
    expect(admitted()).toBe(false);
    expect(() => circuit.admit()).toThrow(
      new DiscordFailure(
        'process',
        'No call was made: Discord refuses the bot token since 1970-01-01T00:16:40.000Z. Check DISCORD_BOT_TOKEN; it is tried again every 60 s.',
        { status: null, code: null, retryAfterMs: 40_000 },
      ),
    );
    expect(circuit.state).toEqual({ open: true, since: new Date(1_000_000) });
  });

  it('lets exactly one call through each minute', () => {
    circuit.answered(401);
    now += 60_000;
    expect([admitted(), admitted(), admitted()]).toEqual([true, false, false]);
    circuit.answered(401);
    now += 59_999;
    expect(admitted()).toBe(false);
    now += 1;
    expect(admitted()).toBe(true);
  });

  it('remembers when the refusals began, not the last one', () => {
    circuit.answered(401);
    now += 60_000;
    circuit.admit();
    circuit.answered(401);
    expect(circuit.state.since).toEqual(new Date(1_000_000));
  });

  it('lets everything through again once one call was not refused', () => {
    circuit.answered(401);
    now += 60_000;
    circuit.admit();
    circuit.answered(404);
    expect([admitted(), admitted()]).toEqual([true, true]);
  });

  it('does not take a server error for an accepted token', () => {
    circuit.answered(401);
    now += 60_000;
    circuit.admit();
    circuit.answered(502);
    expect(admitted()).toBe(false);
  });
});
