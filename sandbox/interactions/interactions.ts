import { randomBytes } from 'node:crypto';
import { isEphemeral } from '../shapes/message';
import { type Channel, type Guild, type Message } from '../world/model';
import { nextSnowflake } from '../world/snowflake';

/** How long a caller of the control API waits, and the silence that says that the bot is done. */
const WAIT_MS = 15_000;
const QUIET_MS = 250;

/** How long the bot has for its first answer, and how long it may add to it. */
export interface InteractionLifetimes {
  readonly interactionAnswerMs: number;
  readonly interactionTokenMs: number;
}

/** The member or the message that a command of a context menu was run on. */
export interface ContextMenuTarget {
  readonly type: 'user' | 'message';
  readonly id: string;
}

/** What the person who ran the command sees. */
interface InteractionReply {
  type: number;
  content: string;
  embeds: Record<string, unknown>[];
  ephemeral: boolean;
  /** With components only, for who wants to click one. */
  messageId?: string;
  components?: Record<string, unknown>[];
}

/** A command that somebody has run, a component clicked or a modal sent, and what the bot has said so far. */
export interface Interaction {
  readonly id: string;
  readonly token: string;
  readonly kind: InteractionKind;
  /** The command's name; for components and modals their custom_id. */
  readonly commandName: string;
  readonly userId: string;
  /** Null in direct messages. */
  readonly guild: Guild | null;
  readonly channel: Channel;
  /** The message whose component was clicked, or whose component opened the modal. */
  readonly source: Message | null;
  /** Null for everything but the commands of context menus. */
  readonly target: ContextMenuTarget | null;
  readonly createdAt: number;
  /** The type of the bot's first answer, null while there is none. */
  answeredWith: number | null;
  /** True between a deferred answer and its edit. */
  isThinking: boolean;
  /** True between a deferred update of the clicked message and the next word of the bot. */
  isUpdateDeferred: boolean;
  /** Made ephemeral by a deferred answer. */
  isDeferredEphemeral: boolean;
  original: Message | null;
  readonly followUps: Message[];
  choices: unknown[];
  modal: Modal | null;
}

export type InteractionKind = 'command' | 'autocomplete' | 'component' | 'modal';

/** A form that the bot asked a person to fill in. */
export interface Modal {
  readonly custom_id: string;
  readonly title: string;
  readonly components: Record<string, unknown>[];
}

/** Ephemeral replies that are kept for their readers; Discord forgets them when a client is restarted. */
const KEPT_EPHEMERAL = 500;

/** The interactions that are under way, and those who wait for their end. */
export class Interactions {
  private readonly byToken = new Map<string, Interaction>();
  private readonly listeners = new Map<string, Set<() => void>>();
  private readonly timers = new Set<NodeJS.Timeout>();
  /** By message id, oldest first. */
  private readonly ephemeral = new Map<string, { message: Message; readerId: string }>();
  /** The modal that a person has open, by user id. */
  private readonly modals = new Map<string, { modal: Modal; opener: Interaction }>();

  constructor(private readonly lifetimes: () => InteractionLifetimes) {}

  create(
    fields: Pick<Interaction, 'kind' | 'commandName' | 'userId' | 'guild' | 'channel'> &
      Partial<Pick<Interaction, 'source' | 'target'>>,
  ): Interaction {
    this.forgetOld();
    const interaction: Interaction = {
      source: null,
      target: null,
      ...fields,
      id: nextSnowflake(),
      token: randomBytes(48).toString('base64url'),
      createdAt: Date.now(),
      answeredWith: null,
      isThinking: false,
      isUpdateDeferred: false,
      isDeferredEphemeral: false,
      original: null,
      followUps: [],
      choices: [],
      modal: null,
    };
    this.byToken.set(interaction.token, interaction);
    return interaction;
  }

  /** The interaction for its first answer: known, and not older than three seconds unless it has been answered. */
  findForCallback(id: string, token: string): Interaction | undefined {
    const interaction = this.byToken.get(token);
    if (interaction?.id !== id) return undefined;
    const isLate = interaction.answeredWith === null && ageOf(interaction) > this.lifetimes().interactionAnswerMs;
    return isLate ? undefined : interaction;
  }

  /** The interaction for follow-ups: the token lives 15 minutes. */
  findForWebhook(token: string): Interaction | undefined {
    const interaction = this.byToken.get(token);
    return interaction !== undefined && ageOf(interaction) < this.lifetimes().interactionTokenMs
      ? interaction
      : undefined;
  }

  /** Keeps a reply that only one person sees. */
  keepEphemeral(message: Message, readerId: string): void {
    this.ephemeral.set(message.id, { message, readerId });
    const [oldest] = this.ephemeral.keys();
    if (this.ephemeral.size > KEPT_EPHEMERAL && oldest !== undefined) this.ephemeral.delete(oldest);
  }

  forgetEphemeral(messageId: string): void {
    this.ephemeral.delete(messageId);
  }

  /** What only this person sees in a channel, oldest first. */
  ephemeralOf(channelId: string, readerId: string): Message[] {
    return [...this.ephemeral.values()]
      .filter((each) => each.readerId === readerId && each.message.channelId === channelId)
      .map((each) => each.message);
  }

  /** Shows a modal to the person who caused the interaction; it replaces one that is open. */
  openModal(modal: Modal, opener: Interaction): void {
    this.modals.set(opener.userId, { modal, opener });
  }

  /** The modal that a person has open. */
  openModalOf(userId: string): { modal: Modal; opener: Interaction } | undefined {
    return this.modals.get(userId);
  }

  closeModal(userId: string): void {
    this.modals.delete(userId);
  }

  /** To be called after every word of the bot. */
  touched(interaction: Interaction): void {
    for (const listener of this.listeners.get(interaction.token) ?? []) listener();
  }

  /** What the person sees once the bot has said its last word, or after 15 seconds. */
  async finished(interaction: Interaction): Promise<InteractionReply[]> {
    await new Promise<void>((resolve) => {
      let quiet: NodeJS.Timeout | undefined;
      const listeners = this.listeners.get(interaction.token) ?? new Set();
      this.listeners.set(interaction.token, listeners);
      const end = () => {
        listeners.delete(check);
        for (const timer of [quiet, deadline, unanswered]) this.stopTimer(timer);
        resolve();
      };
      const check = () => {
        this.stopTimer(quiet);
        if (interaction.answeredWith === null || interaction.isThinking || interaction.isUpdateDeferred) return;
        // Nothing can follow the choices of an autocompletion; a reply may have follow-ups.
        quiet = this.startTimer(end, interaction.kind === 'autocomplete' ? 0 : QUIET_MS);
      };
      const deadline = this.startTimer(end, WAIT_MS);
      const unanswered = this.startTimer(
        () => {
          if (interaction.answeredWith === null) end();
        },
        this.lifetimes().interactionAnswerMs - ageOf(interaction),
      );
      listeners.add(check);
      check();
    });
    return repliesOf(interaction);
  }

  /** Ends all waiting at once. */
  close(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    this.byToken.clear();
    this.listeners.clear();
    this.ephemeral.clear();
    this.modals.clear();
  }

  private startTimer(callback: () => void, milliseconds: number): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      callback();
    }, milliseconds);
    this.timers.add(timer);
    return timer;
  }

  private stopTimer(timer: NodeJS.Timeout | undefined): void {
    if (timer === undefined) return;
    clearTimeout(timer);
    this.timers.delete(timer);
  }

  private forgetOld(): void {
    const oldest = Date.now() - this.lifetimes().interactionTokenMs;
    // A Map keeps the order of insertion, so the oldest stand in front.
    for (const [token, interaction] of this.byToken) {
      if (interaction.createdAt > oldest) break;
      this.byToken.delete(token);
      this.listeners.delete(token);
    }
  }
}

function ageOf(interaction: Interaction): number {
  return Date.now() - interaction.createdAt;
}

/** The bot's words so far, in order. A deferred answer that was never edited is there, but says nothing yet. */
function repliesOf(interaction: Interaction): InteractionReply[] {
  const type = interaction.answeredWith;
  if (type === null) return [];
  const reply = (message: Message, replyType: number) => ({
    type: replyType,
    content: message.content,
    embeds: message.embeds,
    ephemeral: isEphemeral(message),
    ...(message.components.length === 0 ? {} : { messageId: message.id, components: message.components }),
  });
  const thinking = { type, content: '', embeds: [], ephemeral: interaction.isDeferredEphemeral };
  const first = interaction.original === null ? [] : [reply(interaction.original, type)];
  if (interaction.isThinking) first.push(thinking);
  return [...first, ...interaction.followUps.map((message) => reply(message, 4))];
}
