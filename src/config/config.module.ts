import { type DynamicModule, Module } from '@nestjs/common';
import { CONFIG, type Config } from './config';

/** The environment as one typed object, for everybody. */
@Module({})
export class ConfigModule {
  static forRoot(config: Config): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [{ provide: CONFIG, useValue: config }],
      exports: [CONFIG],
    };
  }
}
