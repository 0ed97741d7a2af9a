/**
 * Discord's numeric codes with the HTTP status and the sentence that go with each. Discord documents the codes but not
 * the statuses: those marked (unverified) are what is generally known, and this table is the one place to correct them.
 */
export const ERRORS = {
  10002: { status: 404, message: 'Unknown Application' }, // (unverified)
  10003: { status: 404, message: 'Unknown Channel' },
  10004: { status: 404, message: 'Unknown Guild' },
  10006: { status: 404, message: 'Unknown Invite' },
  10007: { status: 404, message: 'Unknown Member' },
  10008: { status: 404, message: 'Unknown Message' },
  10011: { status: 404, message: 'Unknown Role' },
  10012: { status: 404, message: 'Unknown Token' },
  10013: { status: 404, message: 'Unknown User' },
  10015: { status: 404, message: 'Unknown Webhook' },
  10026: { status: 404, message: 'Unknown Ban' },
  10062: { status: 404, message: 'Unknown interaction' },
  10063: { status: 404, message: 'Unknown application command' },
  20001: { status: 403, message: 'Bots cannot use this endpoint' }, // (unverified)
  20002: { status: 403, message: 'Only bots can use this endpoint' }, // (unverified)
  30001: { status: 400, message: 'Maximum number of servers reached (100)' },
  30005: { status: 400, message: 'Maximum number of server roles reached (250)' }, // (unverified)
  30016: { status: 400, message: 'Maximum number of invites reached (1000)' }, // (unverified)
  30019: { status: 400, message: 'Maximum number of server members reached' }, // (unverified)
  30032: { status: 400, message: 'Maximum number of application commands reached' }, // (unverified)
  30034: { status: 400, message: 'Max number of daily application command creates has been reached (200)' }, // (unverified)
  40001: { status: 401, message: 'Unauthorized' },
  40002: { status: 403, message: 'You need to verify your account in order to perform this action.' }, // (unverified)
  40003: { status: 403, message: 'You are opening direct messages too fast' }, // (unverified)
  40005: { status: 413, message: 'Request entity too large' },
  40007: { status: 403, message: 'The user is banned from this guild.' }, // (unverified)
  40032: { status: 400, message: 'Target user is not connected to voice.' },
  40060: { status: 400, message: 'Interaction has already been acknowledged.' }, // (unverified)
  50001: { status: 403, message: 'Missing Access' },
  50003: { status: 403, message: 'Cannot execute action on a DM channel' }, // (unverified)
  50005: { status: 403, message: 'Cannot edit a message authored by another user' },
  50006: { status: 400, message: 'Cannot send an empty message' },
  50007: { status: 403, message: 'Cannot send messages to this user' }, // (unverified)
  50008: { status: 400, message: 'Cannot send messages in a non-text channel' }, // (unverified)
  50013: { status: 403, message: 'Missing Permissions' },
  50014: { status: 401, message: 'Invalid authentication token provided' },
  50020: { status: 400, message: 'Invite code is either invalid or taken' }, // (unverified)
  50025: { status: 403, message: 'Invalid OAuth2 access token provided' },
  50026: { status: 403, message: 'Missing required OAuth2 scope' },
  50027: { status: 401, message: 'Invalid Webhook Token' },
  50028: { status: 400, message: 'Invalid role' }, // (unverified)
  50033: { status: 400, message: 'Invalid Recipient(s)' }, // (unverified)
  50035: { status: 400, message: 'Invalid Form Body' },
  50041: { status: 400, message: 'Invalid API version provided' },
  50055: { status: 404, message: 'Invalid guild' }, // (unverified)
  50109: { status: 400, message: 'The request body contains invalid JSON.' },
  60003: { status: 401, message: 'Two factor is required for this operation' }, // (unverified)
  160002: { status: 400, message: 'Cannot reply without permission to read message history' }, // (unverified)
  340015: { status: 403, message: 'Access to joining new servers has been limited for the user.' }, // (unverified)
  500000: { status: 400, message: 'Failed to ban users' }, // (unverified)
} as const satisfies Record<number, { status: number; message: string }>;

/** A code that the table knows. */
export type KnownErrorCode = keyof typeof ERRORS;

/** Whether the table knows the code. */
export function isKnownErrorCode(code: number): code is KnownErrorCode {
  return Object.hasOwn(ERRORS, code);
}
