import { Context, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { languageOf } from '../common/language';
import { type GraphqlContext } from '../graphql/context';
import { type PreflightCheck } from './preflight-check';
import { PreflightCheckModel } from './preflight.model';

@Resolver(() => PreflightCheckModel)
export class PreflightCheckResolver {
  @ResolveField(() => String, {
    description:
      'What is wrong and how to mend it, for a person, in the language of Accept-Language (en, id); that nothing is wrong, in English.',
  })
  message(@Parent() { message, inIndonesian }: PreflightCheck, @Context() { headers }: GraphqlContext): string {
    return languageOf(headers['accept-language']) === 'id' ? (inIndonesian ?? message) : message;
  }
}
