import { $, el } from './dom.js';
import { act, call, here, localized, outcome, reader, say } from './state.js';

/** What the command list offers. */
let shown = [];

/** Commands with their subcommands spelled out; the form is redrawn only when they change, so that typing survives. */
export function drawCommands(commands) {
  const flat = commands.flatMap((command) => {
    const groups = command.options.filter((option) => option.type <= 2);
    if (groups.length === 0) {
      const description = localized(command.description, command.descriptionLocalizations);
      return [{ name: command.name, description, options: command.options.map(inLanguage) }];
    }
    return groups.flatMap((option) =>
      (option.type === 1 ? [option] : (option.options ?? [])).map((sub) => ({
        name: [command.name, ...(option === sub ? [] : [option.name]), sub.name].join(' '),
        description: inLanguage(sub).description,
        options: (sub.options ?? []).map(inLanguage),
      })),
    );
  });
  if (JSON.stringify(flat) === JSON.stringify(shown)) return;
  shown = flat;
  $('run').hidden = flat.length === 0;
  $('run').elements.command.replaceChildren(
    ...flat.map((command, index) => el('option', { value: String(index) }, `/${command.name}: ${command.description}`)),
  );
  drawOptions();
}

function inLanguage(option) {
  return { ...option, description: localized(option.description, option.description_localizations) };
}

function drawOptions() {
  const command = shown[Number($('run').elements.command.value)];
  $('options').replaceChildren(
    ...(command?.options ?? []).map((option) => {
      const common = {
        name: option.name,
        required: option.required === true,
        ariaLabel: `${option.name}: ${option.description}`,
      };
      const choices =
        option.type === 5
          ? [
              { name: 'true', value: 'true' },
              { name: 'false', value: 'false' },
            ]
          : option.choices;
      if (choices)
        return el(
          'select',
          common,
          el('option', { value: '' }, option.name),
          ...choices.map((choice) => el('option', { value: choice.value }, choice.name)),
        );
      const input = el('input', { ...common, placeholder: option.name, autocomplete: 'off' });
      if (option.autocomplete) completeFrom(input, command, option);
      return input;
    }),
  );
}

/** What stands behind the names that an input offers. */
const offered = new WeakMap();

/** Asks the bot for suggestions while somebody types. */
function completeFrom(input, command, option) {
  const list = el('datalist', { id: `choices-${option.name}` });
  input.setAttribute('list', list.id);
  input.after(list);
  input.addEventListener('input', async () => {
    const options = { ...typedOptions(command), [option.name]: input.value };
    const body = { ...here(), ...reader(), command: command.name, focused: option.name, options };
    const { choices } = await call('POST', '/sandbox/interactions/autocomplete', body).catch(() => ({ choices: [] }));
    if (!list.isConnected) input.after(list);
    const byName = offered.get(input) ?? new Map();
    const names = choices.map(({ name, value }) => {
      const isTaken = choices.find((choice) => choice.name === name).value !== value;
      const shownName = isTaken ? `${name} (${value})` : name;
      byName.set(shownName, value);
      return shownName;
    });
    offered.set(input, byName);
    list.replaceChildren(...names.map((name) => el('option', { value: name })));
  });
}

/** What the form says, by the options' names; where a name was chosen, what it stands for. */
function typedOptions(command) {
  const inputs = command.options.map((option) => [option.name, $('options').querySelector(`[name="${option.name}"]`)]);
  return Object.fromEntries(
    inputs
      .map(([name, input]) => [name, offered.get(input)?.get(input.value) ?? input.value])
      .filter(([, value]) => value !== ''),
  );
}

/** Runs the chosen command with what the form says. */
export async function runCommand(form) {
  const command = shown[Number(form.get('command'))];
  if (command === undefined) return;
  say(`/${command.name} …`);
  const body = { ...here(), ...reader(), command: command.name, options: typedOptions(command) };
  await act(() => call('POST', '/sandbox/interactions', body), outcome);
  $('messages').scrollTop = $('messages').scrollHeight;
}

$('run').elements.command.addEventListener('change', drawOptions);
