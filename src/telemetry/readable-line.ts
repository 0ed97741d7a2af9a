const LEVELS: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'WARN',
  50: 'ERROR',
  60: 'FATAL',
};

/** Left out of the readable form: it says the same on every line, or stands elsewhere in it. */
const ELSEWHERE = new Set(['level', 'time', 'pid', 'hostname', 'context', 'msg', 'err', 'req', 'res', 'responseTime']);

/** One JSON log entry as one line for a person at a terminal; an error's stack follows below it. */
export function readableLine(json: string): string {
  let entry: Record<string, unknown>;
  try {
    entry = JSON.parse(json) as Record<string, unknown>;
  } catch {
    return json;
  }
  const time = new Date(Number(entry['time'])).toISOString().slice(11, 23);
  const level = (LEVELS[Number(entry['level'])] ?? '').padEnd(5);
  const context = typeof entry['context'] === 'string' ? `[${entry['context']}] ` : '';
  const rest = Object.entries(entry)
    .filter(([name]) => !ELSEWHERE.has(name))
    .map(([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('');
  return `${time} ${level} ${context}${text(entry['msg'])}${request(entry)}${rest}\n${stack(entry['err'])}`;
}

function request({ req, res, responseTime }: Record<string, unknown>): string {
  if (typeof req !== 'object' || req === null) return '';
  const { method, path } = req as { method?: unknown; path?: unknown };
  const status = typeof res === 'object' && res !== null && 'status' in res ? ` ${text(res.status)}` : '';
  return ` ${text(method)} ${text(path)}${status}${typeof responseTime === 'number' ? ` ${responseTime} ms` : ''}`;
}

function stack(error: unknown): string {
  const lines = typeof error === 'object' && error !== null && 'stack' in error ? text(error.stack) : '';
  return lines === '' ? '' : `${lines.replaceAll(/^/gm, '    ')}\n`;
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
