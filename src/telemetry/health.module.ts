import { Global, type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { HealthController } from './health.controller';
import { HealthRegistry } from './health-registry';
import { MetricsController } from './metrics.controller';
import { ProcessMetrics } from './process-metrics';
import { RequestTimes } from './request-times.middleware';

/** Whether this process is alive and ready, for load balancers and people; and its figures, for whoever collects them. */
@Global()
@Module({
  controllers: [HealthController, MetricsController],
  providers: [HealthRegistry, ProcessMetrics],
  exports: [HealthRegistry, ProcessMetrics],
})
export class HealthModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(RequestTimes).forRoutes('{*splat}');
  }
}
