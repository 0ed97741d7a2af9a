import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '../common/domain-error';
import { CONFIG, type Config } from '../config/config';

/** An Ed25519 public key in DER (SubjectPublicKeyInfo) is this prefix and its 32 bytes (RFC 8410). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** Whether an event was sent by Discord: https://docs.discord.com/developers/events/webhook-events#setting-up-an-endpoint */
@Injectable()
export class DiscordSignature {
  /** Null without a Discord application: then nothing can have come from one. */
  private readonly key: KeyObject | null;

  constructor(@Inject(CONFIG) { discord }: Config) {
    this.key = discord.publicKey === '' ? null : publicKeyOf(discord.publicKey);
  }

  /** @throws DomainError UNAUTHENTICATED; Discord sends wrong signatures on purpose, to see that they are refused. */
  verify(signature: unknown, timestamp: unknown, body: Buffer): void {
    const isComplete =
      typeof signature === 'string' && /^[0-9a-f]{128}$/i.test(signature) && typeof timestamp === 'string';
    if (this.key !== null && isComplete) {
      const signed = Buffer.concat([Buffer.from(timestamp), body]);
      if (verify(null, signed, this.key, Buffer.from(signature, 'hex'))) return;
    }
    throw new DomainError(
      'UNAUTHENTICATED',
      'The signature is not that of our Discord application: its public key has to be the one set here.',
    );
  }
}

function publicKeyOf(hex: string): KeyObject {
  return createPublicKey({
    key: Buffer.concat([SPKI_PREFIX, Buffer.from(hex, 'hex')]),
    format: 'der',
    type: 'spki',
  });
}
