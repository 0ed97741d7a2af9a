import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { SkipThrottle } from '@nestjs/throttler';
import { type Response } from 'express';
import { Public } from '../common/access';
import { type HealthReport, HealthRegistry } from './health-registry';

/** Not counted against anybody's calls: whoever watches the service asks often, and from the same address. */
@SkipThrottle()
@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(private readonly health: HealthRegistry) {}

  /** The process runs. */
  @ApiOperation({ summary: 'Whether the process runs.' })
  @ApiResponse({ status: 200, description: 'It does.' })
  @Public()
  @Get('live')
  @Header('cache-control', 'no-store')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** 200 when every required part is up, else 503; the body says how each part is either way. */
  @ApiOperation({ summary: 'Whether every required part is up, and how each part is.' })
  @ApiResponse({ status: 200, description: 'Ready.' })
  @ApiResponse({ status: 503, description: 'A required part is not up.' })
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
