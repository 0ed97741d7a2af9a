import { Args, Int } from '@nestjs/graphql';
import { MAX_PAGE_SIZE } from '../common/page';

/** The argument `first` of a list. Null is as good as nothing: the parameter is a `number | null`. */
export const First = (usual = 50, most: number = MAX_PAGE_SIZE): ParameterDecorator =>
  Args('first', {
    type: () => Int,
    nullable: true,
    defaultValue: usual,
    description: `How many at the most, 1 to ${most.toLocaleString('en')}.`,
  });

/** The argument `after` of a list that goes on behind a cursor. */
export const After = (): ParameterDecorator =>
  Args('after', { type: () => String, nullable: true, description: 'The endCursor of the page before this one.' });
