import { type Local, startLocal } from './local';

const LIMIT = 8000;
const TOO_LARGE = [{ code: 'APPLICATION_COMMAND_TOO_LARGE', message: 'Command exceeds maximum size (8000)' }];

describe('the size of a command on the local Discord', () => {
  let local: Local;
  let commands: string;

  beforeAll(async () => {
    local = await startLocal();
    commands = `/applications/${local.application.id}/commands`;
  });
  afterAll(() => local.close());

  /** A command of so many characters, most of them in the values of choices, which have 100 at most. */
  function commandOf(size: number, more: Record<string, unknown> = {}) {
    const options = ['a', 'b', 'c', 'd'].map((name) => ({ type: 3, name, description: 'd', choices: choices() }));
    let left = size - 'size'.length - 'd'.length - options.length * 2;
    for (const choice of options.flatMap((option) => option.choices)) {
      const length = Math.min(100, left - choice.name.length);
      choice.value = 'v'.repeat(Math.max(length, 0));
      left -= choice.name.length + choice.value.length;
    }
    return { name: 'size', description: 'd', options, ...more };
  }
  const choices = () => Array.from({ length: 20 }, (_, at) => ({ name: String.fromCharCode(97 + at), value: '' }));

  it('is 8,000 characters at most, over names, descriptions and values', async () => {
    expect((await local.bot('POST', commands, commandOf(LIMIT))).status).toBe(201);
    const refused = await local.bot('POST', commands, commandOf(LIMIT + 1));
    expect(refused.status).toBe(400);
    expect(refused.body).toEqual({
      code: 50035,
      message: 'Invalid Form Body',
      errors: { _errors: TOO_LARGE },
    });
    const list = await local.bot('PUT', commands, [{ name: 'fine', description: 'x' }, commandOf(LIMIT + 1)]);
    expect(list.body['errors']).toEqual({ 1: { _errors: TOO_LARGE } });
  });

  it('counts the longest translation only', async () => {
    const translated = (longest: string) =>
      commandOf(LIMIT, { description_localizations: { de: 'a', fr: 'b', id: longest } });
    expect((await local.bot('POST', commands, translated('x'))).status).toBe(200);
    expect((await local.bot('POST', commands, translated('xx'))).body['errors']).toEqual({ _errors: TOO_LARGE });
  });

  it('holds for changes as well, and so do the other rules of registration', async () => {
    const { body } = await local.bot('POST', commands, commandOf(LIMIT));
    const path = `${commands}/${String(body['id'])}`;
    expect((await local.bot('PATCH', path, { description: 'dd' })).body['errors']).toEqual({ _errors: TOO_LARGE });
    expect((await local.bot('PATCH', path, { name: 'Upper Case' })).body['errors']).toMatchObject({
      name: { _errors: [{ code: 'APPLICATION_COMMAND_INVALID_NAME' }] },
    });
    expect((await local.bot('GET', path)).body).toMatchObject({ name: 'size', description: 'd' });
    expect((await local.bot('PATCH', path, { description: 'dd', options: [] })).body['description']).toBe('dd');
  });
});
