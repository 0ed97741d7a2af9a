import { $, el } from './dom.js';
import { act, call, here, outcome, say, state } from './state.js';

/** What the command list offers. */
let shown = [];

/** Commands with their subcommands spelled out; the form is redrawn only when they change, so that typing survives. */
export function drawCommands(commands) {
  const flat = commands.flatMap((command) => {
    const groups = command.options.filter((option) => option.type <= 2);
    if (groups.length === 0)
      return [{ name: command.name, description: command.description, options: command.options }];
    return groups.flatMap((option) =>
      option.type === 1
        ? [{ name: `${command.name} ${option.name}`, description: option.description, options: option.options ?? [] }]
        : (option.options ?? []).map((sub) => ({
            name: `${command.name} ${option.name} ${sub.name}`,
            description: sub.description,
            options: sub.options ?? [],
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

/** Asks the bot for suggestions while somebody types. */
function completeFrom(input, command, option) {
  const list = el('datalist', { id: `choices-${option.name}` });
  input.setAttribute('list', list.id);
  input.after(list);
  input.addEventListener('input', async () => {
    const body = {
      ...here(),
      userId: state.actor,
      command: command.name,
      focused: option.name,
      options: { [option.name]: input.value },
    };
    const { choices } = await call('POST', '/sandbox/interactions/autocomplete', body).catch(() => ({ choices: [] }));
    if (!list.isConnected) input.after(list);
    list.replaceChildren(...choices.map((choice) => el('option', { value: choice.value }, choice.name)));
  });
}

/** Runs the chosen command with what the form says. */
export async function runCommand(form) {
  const command = shown[Number(form.get('command'))];
  if (command === undefined) return;
  const options = Object.fromEntries(
    command.options.map((option) => [option.name, form.get(option.name)]).filter(([, value]) => value),
  );
  say(`/${command.name} …`);
  const body = { ...here(), userId: state.actor, command: command.name, options };
  await act(() => call('POST', '/sandbox/interactions', body), outcome);
  $('messages').scrollTop = $('messages').scrollHeight;
}

$('run').elements.command.addEventListener('change', drawOptions);
