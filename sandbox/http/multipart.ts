import { refuseField } from './discord-error';

/** A file of a multipart body. */
export interface UploadedFile {
  readonly filename: string;
  readonly contentType: string;
  readonly bytes: Buffer;
}

const HEADER_END = Buffer.from('\r\n\r\n');

/** Fields and files of a multipart/form-data body. Throws 50035 when the body does not follow its own boundary. */
export function parseMultipart(
  bytes: Buffer,
  contentType: string,
): { fields: Map<string, string>; files: Map<string, UploadedFile> } {
  const boundary = /boundary=(?:"([^"]{1,200})"|([^;\s]{1,200}))/i.exec(contentType);
  const mark = boundary?.[1] ?? boundary?.[2];
  if (mark === undefined) throw malformed('The Content-Type names no boundary.');
  const delimiter = Buffer.from(`--${mark}`);
  const fields = new Map<string, string>();
  const files = new Map<string, UploadedFile>();
  let start = bytes.indexOf(delimiter);
  if (start < 0) throw malformed('The boundary does not occur in the body.');
  for (;;) {
    start += delimiter.length;
    // Two dashes behind the boundary end the body.
    if (bytes.toString('latin1', start, start + 2) === '--') return { fields, files };
    const end = bytes.indexOf(delimiter, start);
    if (end < 0) throw malformed('The body ends before its last boundary.');
    // Each part begins behind a line break and ends before one.
    addPart(bytes.subarray(start + 2, end - 2), fields, files);
    start = end;
  }
}

function addPart(part: Buffer, fields: Map<string, string>, files: Map<string, UploadedFile>): void {
  const headerEnd = part.indexOf(HEADER_END);
  if (headerEnd < 0) throw malformed('A part has no headers.');
  const headers = part.toString('utf8', 0, headerEnd);
  const content = part.subarray(headerEnd + HEADER_END.length);
  const name = /content-disposition:[^\r\n]*[;\s]name="([^"]*)"/i.exec(headers)?.[1];
  if (name === undefined) throw malformed('A part has no name.');
  const filename = /content-disposition:[^\r\n]*filename="([^"]*)"/i.exec(headers)?.[1];
  if (filename === undefined) {
    fields.set(name, content.toString('utf8'));
    return;
  }
  const type = /content-type:\s*([^\r\n]+)/i.exec(headers)?.[1] ?? 'application/octet-stream';
  files.set(name, { filename, contentType: type.trim(), bytes: Buffer.from(content) });
}

function malformed(message: string) {
  return refuseField(['_multipart'], 'MULTIPART_INVALID', message);
}
