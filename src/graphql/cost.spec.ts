import { buildSchema, parse } from 'graphql';
import { assertAffordable, costOf } from './cost';
import { LIMITS } from './limits';

const schema = buildSchema(`
  type Course { title: String memberships(first: Int = 50): Connection }
  type Connection { nodes: [Membership] totalCount: Int }
  type Membership { id: ID course: Course student: Student }
  type Student { id: ID displayName: String }
  type Query { course: Course }
`);
const cost = (query: string, variables?: Record<string, unknown>) =>
  costOf({ schema, document: parse(query), variables });

describe('the cost of an operation', () => {
  it('is one a field, and a page times its size', () => {
    expect(cost('{ course { title } }')).toBe(2);
    expect(cost('{ course { memberships(first: 10) { nodes { id } } } }')).toBe(2 + 2 * 10);
    expect(cost('query ($n: Int) { course { memberships(first: $n) { nodes { id } } } }', { n: 100 })).toBe(
      2 + 2 * 100,
    );
    expect(cost('{ course { memberships { nodes { id } } } }')).toBe(2 + 2 * 50);
  });

  it('multiplies in pages within pages, and no size or fragment gets around it', () => {
    const nested =
      '{ course { ...A } } fragment A on Course { memberships { nodes { course { memberships { nodes { course { memberships { nodes { id } } } } } } } } }';
    expect(cost(nested)).toBeGreaterThan(50 * 50 * 50);
    expect(() => assertAffordable({ schema, document: parse(nested) })).toThrow(`The limit "cost" is ${LIMITS.cost}`);
    expect(cost('{ course { memberships(first: -5) { nodes { id } } } }')).toBe(2 + 2);
    expect(cost('{ course { memberships(first: 2000000000) { nodes { id } } } }')).toBe(2 + 2 * 200);
  });

  it('lets a large roster through', () => {
    const roster =
      '{ course { title memberships(first: 200) { totalCount nodes { id student { id displayName } course { title } } } } }';
    expect(() => assertAffordable({ schema, document: parse(roster) })).not.toThrow();
  });

  it('leaves a variable that does not fit to GraphQL', () => {
    const document = parse('query ($n: Int) { course { memberships(first: $n) { nodes { id } } } }');
    expect(() => assertAffordable({ schema, document, variables: { n: 'many' } })).not.toThrow();
  });
});
