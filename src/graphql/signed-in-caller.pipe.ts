import { Injectable, type PipeTransform } from '@nestjs/common';
import { type Caller } from '../common/caller';
import { callerOf } from './caller-of';

/**
 * For `@Context('caller', SignedInCaller)`: refuses nobody in particular. To the services no caller at all means the service
 * itself, which may see everything, so this must not hang on the guard alone.
 */
@Injectable()
export class SignedInCaller implements PipeTransform<Caller | null, Caller> {
  transform(caller: Caller | null): Caller {
    return callerOf({ caller });
  }
}
