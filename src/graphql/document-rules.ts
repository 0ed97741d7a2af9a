import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives';
import { GraphQLError, NoSchemaIntrospectionCustomRule, specifiedRules, type ValidationRule } from 'graphql';
import { limitExceeded, LIMITS } from './limits';

type RuleOptions = NonNullable<Parameters<typeof maxDepthRule>[0]>;

/** Options with which a rule of graphql-armor reports our refusal instead of throwing its own. */
function reporting(limit: 'depth' | 'aliases' | 'directives'): RuleOptions {
  return {
    n: LIMITS[limit],
    propagateOnRejection: false,
    onReject: [
      (context, error) => {
        // The number that it found stands in its message only.
        const found = Number(/found (\d+)/.exec(error.message)?.[1]);
        const originalError = limitExceeded(limit, found);
        context?.reportError(new GraphQLError(originalError.message, { originalError }));
      },
    ],
  };
}

/** How large a document may be in its parts, beside what GraphQL itself checks. */
export const LIMIT_RULES: ValidationRule[] = [
  maxDepthRule({ ...reporting('depth'), flattenFragments: true }),
  maxAliasesRule(reporting('aliases')),
  maxDirectivesRule(reporting('directives')),
];

/** The rules by which a document is checked that arrives over WebSocket; over HTTP Apollo applies the same. */
export function validationRules(introspection: boolean): ValidationRule[] {
  return [...specifiedRules, ...LIMIT_RULES, ...(introspection ? [] : [NoSchemaIntrospectionCustomRule])];
}
