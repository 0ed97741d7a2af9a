import { type IncomingMessage } from 'node:http';
import { DiscordError, refuse, refuseField, refuseStatus } from './discord-error';
import { parseMultipart, type UploadedFile } from './multipart';

/** Discord takes uploads of 10 MiB and a little around them. */
const MAX_BODY_BYTES = 25 * 1024 * 1024;

/** What a request carried. */
export interface RequestBody {
  /** The JSON value, or the form's fields; undefined when there was no body. */
  readonly value: unknown;
  readonly files: ReadonlyMap<string, UploadedFile>;
  /** Fields are text in a form, so numbers and booleans arrive as text. */
  readonly isForm: boolean;
}

const NO_FILES: ReadonlyMap<string, UploadedFile> = new Map();

/**
 * Reads the bytes of a request. Throws 40005 when they are too many, and 400 when the client went away in the middle;
 * the connection must then be closed.
 */
export async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MAX_BODY_BYTES) throw refuse(40005);
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof DiscordError ? error : refuseStatus(400, 'Bad Request');
  }
  return Buffer.concat(chunks);
}

/** Understands a body by its Content-Type. Throws 50109 for broken JSON and 50035 for a type that Discord does not take. */
export function parseBody(bytes: Buffer, contentType: string | undefined): RequestBody {
  if (bytes.length === 0) return { value: undefined, files: NO_FILES, isForm: false };
  const [type = ''] = (contentType ?? '').toLowerCase().split(';');
  switch (type.trim()) {
    case 'application/json':
      return { value: parseJson(bytes.toString('utf8')), files: NO_FILES, isForm: false };
    case 'application/x-www-form-urlencoded':
      return { value: fieldsOf(new URLSearchParams(bytes.toString('utf8'))), files: NO_FILES, isForm: true };
    case 'multipart/form-data': {
      const { fields, files } = parseMultipart(bytes, contentType ?? '');
      const payload = fields.get('payload_json');
      if (payload === undefined) return { value: fieldsOf(fields), files, isForm: true };
      return { value: parseJson(payload), files, isForm: false };
    }
    default:
      throw refuseField(
        ['_content_type'],
        'CONTENT_TYPE_INVALID',
        'Expected "Content-Type" header to be one of {"application/json", "application/x-www-form-urlencoded", "multipart/form-data"}.',
      );
  }
}

/** Deeper than anything that makes sense, and far from where reading it would exhaust the stack. */
const MAX_DEPTH = 500;

function parseJson(text: string): unknown {
  if (isTooDeep(text)) throw refuse(50109);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw refuse(50109);
  }
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  let isInString = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (isInString) {
      // Brackets in a string open nothing, and an escaped quote does not end it.
      if (character === '\\') index += 1;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

/** A field that comes more than once is a list, as Discord reads `role_ids=1&role_ids=2`. */
function fieldsOf(fields: Iterable<[string, string]>): Record<string, string | string[]> {
  const result: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
  for (const [name, value] of fields) {
    const before = result[name];
    result[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
  }
  return result;
}
