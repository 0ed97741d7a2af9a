import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type Response } from 'express';
import { Allow } from '../common/access';
import { ApiProblems } from '../openapi/described';
import { ProcessMetrics } from './process-metrics';

@ApiTags('health')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: ProcessMetrics) {}

  /** How this process works, in figures: for admins, and for a collector that has a token of the platform's own. */
  @ApiOperation({ summary: 'How this process works, in figures, as Prometheus reads them.' })
  @ApiBearerAuth()
  @ApiResponse({ status: 200, description: 'The figures.', content: { 'text/plain': { schema: { type: 'string' } } } })
  @ApiProblems({ 401: 'UNAUTHENTICATED', 403: 'FORBIDDEN: for admins and the platform alone.' })
  @Allow('ADMIN', 'SERVICE')
  @Get()
  @Header('cache-control', 'no-store')
  async read(@Res({ passthrough: true }) response: Response): Promise<string> {
    const { contentType, body } = await this.metrics.text();
    response.set('content-type', contentType);
    return body;
  }
}
