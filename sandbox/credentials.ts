/**
 * The one application that the local Discord knows. Everything here is public on purpose: it opens nothing but a server
 * on this machine, so it may stand in a repository and serve as a default.
 */
export const SANDBOX_CREDENTIALS = {
  /** Also the bot's user id, as it is for every application that Discord has created since 2016. */
  clientId: '1100000000000000001',
  clientSecret: 'local-discord-secret-opens-nothing',
  /** `base64(bot id).x.y`: clients cut the id out of the first part. */
  botToken: 'MTEwMDAwMDAwMDAwMDAwMDAwMQ.LOCAL0.local-discord-token-that-opens-nothing',
  /** Ed25519, hex, as the developer portal shows it. */
  publicKey: '54e9e30cabe5445471c474e76116e37498ff36625b7064e17cde0040d45287f4',
} as const;

/** The seed of the Ed25519 key pair with which the local Discord signs webhook events, hex. */
export const SANDBOX_PRIVATE_KEY = 'b5310622a4949c64bbe1fa3b5d51163ea3ea84f3ebf60a26094f41395f3eee01';
