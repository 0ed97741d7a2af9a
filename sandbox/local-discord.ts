import { channelRoutes } from './control/channel-routes';
import { ControlApi } from './control/control-api';
import { control } from './control/control-call';
import { interactionControlRoutes } from './control/interaction-routes';
import { oauthControlRoutes } from './control/oauth-routes';
import { stateShape } from './control/state';
import { trafficRoutes } from './control/traffic-routes';
import { viewRoutes } from './control/view-routes';
import { webhookControlRoutes } from './control/webhook-routes';
import { worldRoutes } from './control/world-routes';
import { Gateway } from './gateway/gateway';
import { type ApiContext } from './http/api';
import { Faults } from './http/faults';
import { Journal } from './http/journal';
import { DEFAULT_LIMITS } from './http/limit-settings';
import { RateLimits } from './http/rate-limits';
import { Router } from './http/router';
import { Interactions } from './interactions/interactions';
import { Authorizations } from './oauth/authorizations';
import { ConsentPage } from './oauth/consent';
import { ChangeStream } from './page/change-stream';
import { Pages } from './page/pages';
import { apiRoutes } from './routes/all';
import { type SandboxOptions } from './sandbox-options';
import { WebhookEvents } from './webhook-events';
import { announceGuild, announceGuildGone } from './world/guild-actions';
import { Persistence } from './world/persistence';
import { restoreWorld, takeSnapshot, type WorldSnapshot } from './world/snapshot';
import { World } from './world/world';

/** All parts of the local Discord, wired to each other. The server feeds it requests and connections. */
export class LocalDiscord {
  private port = 0;
  readonly world = new World();
  readonly gateway: Gateway;
  readonly api: ApiContext;
  readonly control: ControlApi;
  readonly consent: ConsentPage;
  readonly pages: Pages;
  readonly changes: ChangeStream;
  private readonly authorizations = new Authorizations(this.world);
  private readonly interactions: Interactions;
  private readonly webhookEvents: WebhookEvents;
  private readonly persistence: Persistence | undefined;
  /** The world it started with, as text so that nothing can change it. */
  private readonly start: string;

  constructor(options: SandboxOptions) {
    this.persistence = options.stateFile === undefined ? undefined : new Persistence(this.world, options.stateFile);
    const { application } = this.world;
    application.redirectUris = [...new Set([...application.redirectUris, ...(options.redirectUris ?? [])])];
    application.name = options.applicationName ?? application.name;
    if (options.webhookEventsUrl !== undefined) {
      application.webhookEventsUrl = options.webhookEventsUrl;
      application.webhookEventsStatus = 2;
    }
    this.start = JSON.stringify(takeSnapshot(this.world));
    const journal = new Journal();
    const limits = new RateLimits();
    this.world.rules = () => limits.settings;
    this.webhookEvents = new WebhookEvents(this.world, () => limits.settings);
    this.interactions = new Interactions(() => limits.settings);
    this.gateway = new Gateway(
      this.world,
      () => this.gatewayUrl,
      () => limits.settings,
    );
    this.api = {
      world: this.world,
      journal,
      faults: new Faults(),
      limits,
      router: new Router(
        apiRoutes({
          gateway: this.gateway,
          gatewayUrl: () => this.gatewayUrl,
          interactions: this.interactions,
          authorizations: this.authorizations,
          webhookEvents: this.webhookEvents,
        }),
      ),
    };
    this.consent = new ConsentPage(this.world, this.authorizations);
    this.pages = new Pages(this.world);
    this.changes = new ChangeStream(this.world, journal);
    this.control = new ControlApi([
      control('GET', '/sandbox/state', (call) => stateShape(this.world, call.query.getAll('guild'))),
      control('POST', '/sandbox/reset', () => this.reset()),
      ...worldRoutes(this.world),
      ...channelRoutes(this.world),
      ...oauthControlRoutes(this.world, this.authorizations),
      ...interactionControlRoutes(this.world, this.interactions),
      ...trafficRoutes({ ...this.api, gateway: this.gateway }),
      ...webhookControlRoutes(this.webhookEvents),
      ...viewRoutes(this.world, this.interactions),
    ]);
  }

  /** To be called once the server listens: addresses are known, and what the options changed is kept. */
  started(port: number): void {
    this.port = port;
    this.world.url = this.url;
    this.world.changed();
    this.webhookEvents.verifyAtStart();
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  private get gatewayUrl(): string {
    return `ws://127.0.0.1:${this.port}/gateway`;
  }

  /** Back to the world of the start. A connected bot hears that its servers are gone and that the old ones are back. */
  private reset() {
    const before = [...this.world.guilds.values()].filter((guild) => this.world.isBotIn(guild));
    for (const guild of before) announceGuildGone(this.world, guild);
    restoreWorld(this.world, JSON.parse(this.start) as WorldSnapshot);
    for (const guild of this.world.guilds.values()) if (this.world.isBotIn(guild)) announceGuild(this.world, guild);
    this.authorizations.clear();
    this.interactions.close();
    this.gateway.reset();
    this.api.journal.clear();
    this.api.faults.clear();
    this.api.limits.set(DEFAULT_LIMITS);
    this.world.changed();
    return {};
  }

  /** Ends every connection and timer, and writes what has not been written. */
  close(): void {
    this.webhookEvents.close();
    this.interactions.close();
    this.gateway.close();
    this.changes.close();
    this.persistence?.close();
  }
}
