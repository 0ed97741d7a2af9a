import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives';
import {
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  NoSchemaIntrospectionCustomRule,
  OperationTypeNode,
  type SelectionSetNode,
  specifiedRules,
  type ValidationRule,
} from 'graphql';
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

/**
 * A subscription has one field, without conditions: https://spec.graphql.org/September2025/#sec-Single-Root-Field
 * graphql-js evaluates them while it validates, before there are any variables, and throws over what it cannot evaluate.
 * So nothing else of such a document is looked at.
 */
const unconditionalSubscriptionRule: ValidationRule = (context) => ({
  Document: (document) => {
    const fragments = new Map(
      document.definitions
        .filter((each) => each.kind === Kind.FRAGMENT_DEFINITION)
        .map((each) => [each.name.value, each]),
    );
    const conditional = document.definitions.filter(
      (each) =>
        each.kind === Kind.OPERATION_DEFINITION &&
        each.operation === OperationTypeNode.SUBSCRIPTION &&
        hasCondition(each.selectionSet, fragments),
    );
    if (conditional.length === 0) return undefined;
    context.reportError(
      new GraphQLError(
        'The only field of a subscription has no @skip or @include: leave the whole operation out instead.',
        { nodes: conditional },
      ),
    );
    return { ...document, definitions: [] };
  },
});

/** Whether anything on the top level of the selection may be left out. A fragment is taken out once it was followed. */
function hasCondition({ selections }: SelectionSetNode, fragments: Map<string, FragmentDefinitionNode>): boolean {
  return selections.some((selection) => {
    if (selection.directives?.some(({ name }) => name.value === 'skip' || name.value === 'include')) return true;
    if (selection.kind === Kind.INLINE_FRAGMENT) return hasCondition(selection.selectionSet, fragments);
    if (selection.kind === Kind.FIELD) return false;
    const fragment = fragments.get(selection.name.value);
    fragments.delete(selection.name.value);
    return fragment !== undefined && hasCondition(fragment.selectionSet, fragments);
  });
}

/** What a document may be, beside what GraphQL itself checks: how large in its parts, and not what would break the check. */
export const OWN_RULES: ValidationRule[] = [
  unconditionalSubscriptionRule,
  maxDepthRule({ ...reporting('depth'), flattenFragments: true }),
  maxAliasesRule(reporting('aliases')),
  maxDirectivesRule(reporting('directives')),
];

/** The rules by which a document is checked that arrives over WebSocket; over HTTP Apollo applies the same. */
export function validationRules(introspection: boolean): ValidationRule[] {
  return [...specifiedRules, ...OWN_RULES, ...(introspection ? [] : [NoSchemaIntrospectionCustomRule])];
}
