import { DiscordError } from '../http/discord-error';
import { type UploadedFile } from '../http/multipart';

/**
 * The user ids of a target_users_file: a CSV file with one column, with or without the header `user_id`. Throws 400 with
 * a list of bad lines, which is a shape of its own and not Discord's usual errors tree.
 */
export function readTargetUsers(file: UploadedFile): string[] {
  const lines = file.bytes
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line) => line.trim().replace(/^"(.*)"$/, '$1'));
  const ids = new Set<string>();
  const problems: string[] = [];
  for (const [index, line] of lines.entries()) {
    if (line === '' || (index === 0 && /^(user_?)?ids?$/i.test(line))) continue;
    if (/^\d{15,20}$/.test(line)) ids.add(line);
    else problems.push(`Line ${index + 1}: Unable to parse "${line.slice(0, 40)}" as a user id.`);
  }
  if (ids.size === 0 && problems.length === 0) problems.push('The file names no user.');
  if (problems.length === 0) return [...ids];
  throw new DiscordError(400, 50035, 'Invalid target users file', undefined, { target_users_file: problems });
}
