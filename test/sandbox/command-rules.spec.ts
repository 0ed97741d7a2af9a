import { listErrors, type Local, startLocal } from './local';

const SUBCOMMAND = 1;
const GROUP = 2;
const STRING = 3;
const INTEGER = 4;
const BOOLEAN = 5;
const CHANNEL = 7;
const ROLE = 8;
const NUMBER = 10;

describe('what the local Discord takes as a command', () => {
  let local: Local;
  let commands: string;

  beforeAll(async () => {
    local = await startLocal();
    commands = `/applications/${local.application.id}/commands`;
  });
  afterAll(() => local.close());

  const register = (more: Record<string, unknown>) =>
    local.bot('POST', commands, { name: 'rule', description: 'x', ...more });
  const withOptions = (...options: Record<string, unknown>[]) =>
    register({ options: options.map((each, at) => ({ name: `o${at}`, description: 'x', ...each })) });
  /** Where the errors are and their codes: `options.1 CODE`. */
  const errorsOf = async (answer: ReturnType<Local['bot']>) => {
    const { status, body } = await answer;
    if (status < 300) return [];
    expect([status, body['code'], body['message']]).toEqual([400, 50035, 'Invalid Form Body']);
    return listErrors(body['errors']);
  };

  it.each<[string, Record<string, unknown>[], string[]]>([
    [
      'subcommands beside values',
      [{ type: STRING }, { type: SUBCOMMAND }, { type: GROUP }],
      ['options.1 APPLICATION_COMMAND_OPTIONS_TYPE_INVALID', 'options.2 APPLICATION_COMMAND_OPTIONS_TYPE_INVALID'],
    ],
    [
      'a required subcommand',
      [{ type: SUBCOMMAND, required: true }],
      ['options.0.required APPLICATION_COMMAND_REQUIRED_INVALID'],
    ],
    [
      'choices beside autocompletion',
      [{ type: STRING, autocomplete: true, choices: [{ name: 'a', value: 'a' }] }],
      ['options.0 APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE_INVALID'],
    ],
    [
      'choices of another type than the option',
      [
        { type: STRING, choices: [{ name: 'a', value: 1 }] },
        { type: INTEGER, choices: [{ name: 'a', value: 'a' }] },
        { type: INTEGER, choices: [{ name: 'a', value: 1.5 }] },
        { type: NUMBER, choices: [{ name: 'a', value: true }] },
      ],
      [
        'options.0.choices.0.value STRING_TYPE_CONVERT',
        'options.1.choices.0.value NUMBER_TYPE_COERCE',
        'options.2.choices.0.value NUMBER_TYPE_COERCE',
        'options.3.choices.0.value NUMBER_TYPE_COERCE',
      ],
    ],
    [
      'a choice that is too long',
      [{ type: STRING, choices: [{ name: 'a'.repeat(101), value: 'a'.repeat(101) }] }],
      ['options.0.choices.0.name BASE_TYPE_MAX_LENGTH', 'options.0.choices.0.value BASE_TYPE_MAX_LENGTH'],
    ],
    [
      'the same choice twice',
      [
        {
          type: STRING,
          choices: [
            { name: 'a', value: 'a' },
            { name: 'a', value: 'b' },
          ],
        },
      ],
      ['options.0.choices.1 APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS'],
    ],
    [
      'too many choices',
      [{ type: INTEGER, choices: Array.from({ length: 26 }, (_, value) => ({ name: `${value}`, value })) }],
      ['options.0.choices BASE_TYPE_MAX_LENGTH'],
    ],
    ['too many options', Array.from({ length: 26 }, () => ({ type: STRING })), ['options BASE_TYPE_MAX_LENGTH']],
    [
      'the same option twice',
      [
        { type: STRING, name: 'a' },
        { type: BOOLEAN, name: 'a' },
      ],
      ['options.1 APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS'],
    ],
    [
      'required options behind optional ones in a subcommand',
      [
        {
          type: SUBCOMMAND,
          options: [
            { type: STRING, name: 'a', description: 'x' },
            { type: STRING, name: 'b', description: 'x', required: true },
          ],
        },
      ],
      ['options.0.options.1 APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID'],
    ],
    [
      'ranges that contain nothing',
      [
        { type: INTEGER, min_value: 2, max_value: 1 },
        { type: NUMBER, min_value: 0.2, max_value: 0.1 },
        { type: STRING, min_length: 2, max_length: 1 },
      ],
      [
        'options.0 APPLICATION_COMMAND_OPTIONS_MIN_MAX_INVALID',
        'options.1 APPLICATION_COMMAND_OPTIONS_MIN_MAX_INVALID',
        'options.2 APPLICATION_COMMAND_OPTIONS_MIN_MAX_INVALID',
      ],
    ],
    [
      'ranges beyond what there can be',
      [
        { type: STRING, min_length: -1, max_length: 0 },
        { type: STRING, max_length: 6001 },
        { type: INTEGER, min_value: 1.5 },
        { type: INTEGER, max_value: 2 ** 53 },
        { type: NUMBER, max_value: 2 ** 54 },
      ],
      [
        'options.0.min_length NUMBER_TYPE_MIN',
        'options.0.max_length NUMBER_TYPE_MIN',
        'options.1.max_length NUMBER_TYPE_MAX',
        'options.2.min_value NUMBER_TYPE_COERCE',
        'options.3.max_value NUMBER_TYPE_MAX',
        'options.4.max_value NUMBER_TYPE_MAX',
      ],
    ],
    [
      'settings that belong to options of another type',
      [
        { type: STRING, min_value: 1 },
        { type: INTEGER, max_length: 1 },
        { type: ROLE, autocomplete: true },
        { type: BOOLEAN, choices: [{ name: 'a', value: 'a' }] },
        { type: STRING, channel_types: [0] },
        { type: STRING, options: [{ type: STRING, name: 'a', description: 'x' }] },
      ],
      [
        'options.0.min_value APPLICATION_COMMAND_MIN_VALUE_INVALID',
        'options.1.max_length APPLICATION_COMMAND_MAX_LENGTH_INVALID',
        'options.2.autocomplete APPLICATION_COMMAND_AUTOCOMPLETE_INVALID',
        'options.3.choices APPLICATION_COMMAND_CHOICES_INVALID',
        'options.4.channel_types APPLICATION_COMMAND_CHANNEL_TYPES_INVALID',
        'options.5.options APPLICATION_COMMAND_OPTIONS_INVALID',
      ],
    ],
    [
      'kinds of channels that do not exist',
      [{ type: CHANNEL, channel_types: [0, 99] }],
      ['options.0.channel_types.1 BASE_TYPE_CHOICES'],
    ],
    [
      'a group in a group',
      [{ type: GROUP, options: [{ type: GROUP, name: 'a', description: 'x' }] }],
      ['options.0.options.0.type UNION_TYPE_CHOICES'],
    ],
    ['a type that does not exist', [{ type: 12 }], ['options.0.type UNION_TYPE_CHOICES']],
  ])('is not %s', async (_, options, expected) => {
    expect(await errorsOf(withOptions(...options))).toEqual(expected);
  });

  it('is translated into languages that exist, by names that keep the rules of names', async () => {
    const option = {
      type: STRING,
      name: 'o',
      description: 'x',
      name_localizations: { de: 'Groß' },
      description_localizations: { tlh: 'nuq' },
      choices: [{ name: 'a', value: 'a', name_localizations: { de: '' } }],
    };
    const refused = register({
      name_localizations: { de: 'Zwei Worte', xx: 'x', fr: 'a'.repeat(33) },
      description_localizations: { id: 'x'.repeat(101) },
      options: [option],
    });
    expect((await errorsOf(refused)).sort()).toEqual([
      'description_localizations.id BASE_TYPE_MAX_LENGTH',
      'name_localizations.de APPLICATION_COMMAND_INVALID_NAME',
      'name_localizations.fr BASE_TYPE_MAX_LENGTH',
      'name_localizations.xx BASE_TYPE_CHOICES',
      'options.0.choices.0.name_localizations.de BASE_TYPE_MIN_LENGTH',
      'options.0.description_localizations.tlh BASE_TYPE_CHOICES',
      'options.0.name_localizations.de APPLICATION_COMMAND_INVALID_NAME',
    ]);
    const menu = { type: 2, description: '', name_localizations: { de: 'Zwei Worte' } };
    expect(await errorsOf(register(menu))).toEqual([]);
    expect(await errorsOf(register({ name_localizations: { de: 'regel', 'pt-BR': 'regra' } }))).toEqual([]);
  });

  it('names each place where it can be used once, and at least one', async () => {
    expect(await errorsOf(register({ contexts: [] }))).toEqual(['contexts BASE_TYPE_MIN_LENGTH']);
    expect(await errorsOf(register({ contexts: [0, 0] }))).toEqual(['contexts SET_TYPE_ALREADY_CONTAINS_VALUE']);
    expect(await errorsOf(register({ contexts: [3] }))).toEqual(['contexts.0 NUMBER_TYPE_MAX']);
    expect(await errorsOf(register({ integration_types: [] }))).toEqual(['integration_types BASE_TYPE_MIN_LENGTH']);
    expect((await register({ dm_permission: false })).body).toMatchObject({ contexts: [0], dm_permission: false });
    expect((await register({ contexts: [0, 1] })).body).toMatchObject({ contexts: [0, 1], dm_permission: true });
  });

  it('may be all that Discord knows', async () => {
    const { status } = await withOptions(
      { type: STRING, required: true, min_length: 0, max_length: 6000 },
      { type: STRING, autocomplete: true, choices: [] },
      { type: INTEGER, min_value: -5, max_value: 5, choices: [{ name: 'one', value: 1 }] },
      { type: NUMBER, min_value: 0.5, choices: [{ name: 'half', value: 0.5 }] },
      { type: BOOLEAN, autocomplete: false },
      { type: CHANNEL, channel_types: [0, 5] },
    );
    expect(status).toBeLessThan(300);
    expect((await withOptions({ type: SUBCOMMAND, required: false }, { type: GROUP, options: [] })).status).toBe(200);
  });
});
