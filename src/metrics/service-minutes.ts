import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { CONFIG, type Config } from '../config/config';
import { Database } from '../database/database';
import { BotHttp } from '../discord-api/bot-http';
import { HealthRegistry } from '../telemetry/health-registry';

const MINUTE = 60_000;
/** How long minutes are kept. */
const KEPT = '400 days';

/**
 * Writes down each minute of this process: whether the gateway was connected and how many memberships waited at its end,
 * and the calls made in it. Several processes add to the same row. A minute without a row was down, from the first on in which there was a bot.
 */
@Injectable()
export class ServiceMinutes implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(ServiceMinutes.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly http: BotHttp,
    private readonly health: HealthRegistry,
  ) {}

  onApplicationBootstrap(): void {
    this.waitForEnd();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearTimeout(this.timer);
    await this.write(new Date());
  }

  /** Writes the minute in which `at` is. What is not written, because the database is away, is lost: the minute was down. */
  async write(at: Date): Promise<void> {
    const tallies = this.http.meter.take();
    // Without a bot there is nothing that could be down.
    if (this.config.discord.botToken === '') return;
    const bot = this.config.roles.has('bot');
    if (!bot && tallies.length === 0) return;
    const ready = bot && (await this.health.report()).parts['discord-gateway']?.up === true;
    const rows = tallies.filter(({ guildId }) => guildId !== null);
    rows.push({
      guildId: '',
      calls: tallies.reduce((sum, { calls }) => sum + calls, 0),
      failed: tallies.reduce((sum, { failed }) => sum + failed, 0),
    });
    try {
      await this.database.query(
        `INSERT INTO discord_service_minutes AS m (minute, guild_id, gateway_ready, calls, failed_calls, waiting)
         SELECT date_trunc('minute', $1::timestamptz), guild_id, $2 AND guild_id = '', calls, failed,
           CASE WHEN guild_id = '' THEN (SELECT count(*)::int FROM discord_memberships WHERE generation > observed_generation) END
         FROM unnest($3::text[], $4::int[], $5::int[]) AS r(guild_id, calls, failed)
         ON CONFLICT (minute, guild_id) DO UPDATE SET gateway_ready = m.gateway_ready OR excluded.gateway_ready,
           calls = m.calls + excluded.calls, failed_calls = m.failed_calls + excluded.failed_calls,
           waiting = greatest(m.waiting, excluded.waiting)`,
        [
          at,
          ready,
          rows.map(({ guildId }) => guildId),
          rows.map(({ calls }) => calls),
          rows.map(({ failed }) => failed),
        ],
      );
      await this.database.query(`DELETE FROM discord_service_minutes WHERE minute < now() - $1::interval`, [KEPT]);
    } catch (error) {
      this.logger.warn(`The minute could not be written down: ${(error as Error).message}`);
    }
  }

  private waitForEnd(): void {
    const end = Math.floor(Date.now() / MINUTE) * MINUTE + MINUTE;
    this.timer = setTimeout(() => {
      this.waitForEnd();
      void this.write(new Date(end - 1));
    }, end - Date.now());
    this.timer.unref();
  }
}
