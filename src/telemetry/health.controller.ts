import { Controller, Get, Header, Res } from '@nestjs/common';
import { SkipThrottle } from '@nestjs/throttler';
import { type Response } from 'express';
import { Public } from '../common/access';
import { type HealthReport, HealthRegistry } from './health-registry';

/** Not counted against anybody's calls: whoever watches the service asks often, and from the same address. */
@SkipThrottle()
@Controller('health')
export class HealthController {
  constructor(private readonly health: HealthRegistry) {}

  /** The process runs. */
  @Public()
  @Get('live')
  @Header('cache-control', 'no-store')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** 200 when every required part is up, else 503; the body says how each part is either way. */
  @Public()
  @Get('ready')
  @Header('cache-control', 'no-store')
  async ready(
    @Res({ passthrough: true }) response: Response,
  ): Promise<{ status: 'ok' | 'unavailable' } & Pick<HealthReport, 'parts'>> {
    const { ready, parts } = await this.health.report();
    response.status(ready ? 200 : 503);
    return { status: ready ? 'ok' : 'unavailable', parts };
  }
}
