import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildSchema,
  getNamedType,
  getNullableType,
  type GraphQLField,
  isListType,
  isObjectType,
  parse,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { type ProcessRole } from '../../src/config/config';
import { LENGTH, type LongLists, longLists } from './support/long-lists';
import { Service } from './support/service';
import { statementsOf } from './support/statements';

// Of every type only what is never null, so that a null tells of a place for which nothing was looked up.
const ACCOUNT = 'discordConnection { id username }';
const STUDENT = `student { id ${ACCOUNT} }`;
const MEMBERSHIP = `id status explanation ${STUDENT} course { id title }`;
const SERVER = 'id guildName course { id title } deletion { id status } preflight { ok }';
const LINK = (visits: string) => `discordLink { inviteLink visits(first: ${visits}) { clicks ${STUDENT} } }`;
const PAGE = (node: string) => `nodes { ${node} } edges { cursor node { id } } pageInfo { hasNextPage }`;
const COUNTED = (node: string) => `totalCount ${PAGE(node)}`;

interface RosterPage {
  readonly totalCount: number;
  readonly nodes: { readonly student: { readonly id: string } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

interface Row {
  readonly what: string;
  readonly caller: 'instructor' | 'student' | 'admin';
  /** What is asked, in pages of $first; $courseId is the large class. */
  readonly asks: string;
  /** Where the answer holds the page. */
  readonly page: readonly (string | number)[];
  readonly atMost: number;
  /** The largest page, where that is not 200. */
  readonly largest?: number;
}

const OPERATIONS: readonly Row[] = [
  {
    what: 'memberships with student, course and connection',
    caller: 'instructor',
    asks: `memberships(courseId: $courseId, first: $first) { ${COUNTED(MEMBERSHIP)} }`,
    page: ['memberships', 'nodes'],
    atMost: 5,
  },
  {
    what: 'the roster of a course',
    caller: 'instructor',
    asks: `course(id: $courseId) { id memberships(first: $first) { ${COUNTED(MEMBERSHIP)} } }`,
    page: ['course', 'memberships', 'nodes'],
    atMost: 6,
  },
  {
    what: 'courses with everything about them',
    caller: 'instructor',
    asks: `courses(first: $first) { ${COUNTED(`id stats { enrolled joined } staff { id }
      serverConfigs { ${SERVER} } ${LINK('2')} memberships(first: 2) { ${COUNTED(MEMBERSHIP)} }`)} }`,
    page: ['courses', 'nodes'],
    atMost: 14,
  },
  {
    what: 'server configurations with course and deletion',
    caller: 'admin',
    asks: `serverConfigs(first: $first) { ${COUNTED(SERVER)} }`,
    page: ['serverConfigs', 'nodes'],
    atMost: 4,
  },
  {
    what: 'who pressed Join on the link of a course',
    caller: 'instructor',
    asks: `course(id: $courseId) { id ${LINK('$first')} }`,
    page: ['course', 'discordLink', 'visits'],
    atMost: 5,
  },
  {
    what: 'runs',
    caller: 'instructor',
    asks: 'syncRuns(first: $first) { id status }',
    page: ['syncRuns'],
    atMost: 1,
    largest: 100,
  },
  {
    what: 'the plan of a sync with students and courses',
    caller: 'instructor',
    asks: `syncPlan(courseId: $courseId) { guildId actions(first: $first) { action ${STUDENT} keptBy { id title } } }`,
    page: ['syncPlan', 0, 'actions'],
    atMost: 12,
  },
  {
    what: 'the log with student, actor and course',
    caller: 'instructor',
    asks: `auditLog(first: $first) { ${PAGE(`id action ${STUDENT} actor { id displayName } course { id title }`)} }`,
    page: ['auditLog', 'nodes'],
    atMost: 5,
  },
  {
    what: 'webhook endpoints and what they were told',
    caller: 'admin',
    asks: 'webhookEndpoints { id url deliveries(first: $first) { id status } }',
    page: ['webhookEndpoints', 0, 'deliveries'],
    atMost: 2,
  },
  {
    what: "the viewer's courses",
    caller: 'instructor',
    asks: `viewer { id ${ACCOUNT} courses(first: $first) { ${COUNTED(`id staff { id } serverConfigs { ${SERVER} }`)} } }`,
    page: ['viewer', 'courses', 'nodes'],
    atMost: 7,
  },
  {
    what: 'the courses in which the viewer is enrolled',
    caller: 'student',
    asks: `viewer { id enrolledCourses(first: $first) { ${COUNTED('id title')} } }`,
    page: ['viewer', 'enrolledCourses', 'nodes'],
    atMost: 2,
  },
  {
    what: "the viewer's memberships",
    caller: 'student',
    asks: `viewer { id memberships(first: $first) { ${COUNTED(MEMBERSHIP)} } }`,
    page: ['viewer', 'memberships', 'nodes'],
    atMost: 5,
  },
];

/** What no operation above asks for, and why it cannot be asked for once a row. */
const ONCE_AN_OPERATION: Readonly<Record<string, string>> = {
  'Guild.channels': 'as Discord answered it for the one server that was asked for',
  'Guild.roles': 'as Discord answered it for the one server that was asked for',
  'JoinResult.membership': 'one student presses Join once',
  'MembershipChange.membership': 'an event of a stream tells of one change',
  'Metrics.funnel': 'figures stand alone, in no list',
  'Metrics.series': 'figures stand alone, in no list',
  'Metrics.targets': 'figures stand alone, in no list',
  'PreflightReport.checks': 'stored in the row of the server',
  'Query.manageableGuilds': 'asked of Discord as a whole, with nothing within',
  'WebhookEndpointSet.endpoint': 'one endpoint is set at a time',
};

const schema = buildSchema(readFileSync(join(__dirname, '../../schema.gql'), 'utf8'));
const documentOf = ({ asks }: Row) =>
  `query ($first: Int!${asks.includes('$courseId') ? ', $courseId: UUID!' : ''}) { ${asks} }`;

/** The fields that lead to an object or to a list of them; of operations only those that answer with a list or a page. */
function leadingFields(): string[] {
  const operations = [schema.getMutationType(), schema.getSubscriptionType()];
  const isLong = ({ type, args }: GraphQLField<unknown, unknown>) =>
    isListType(getNullableType(type)) || args.some(({ name }) => name === 'first');
  return Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) && !type.name.startsWith('__') && !operations.includes(type))
    .flatMap((type) =>
      Object.values(isObjectType(type) ? type.getFields() : {})
        .filter((field) => isObjectType(getNamedType(field.type)))
        .filter((field) => type !== schema.getQueryType() || isLong(field))
        .map((field) => `${type.name}.${field.name}`),
    );
}

function fieldsAskedFor(document: string): string[] {
  const types = new TypeInfo(schema);
  const fields: string[] = [];
  visit(
    parse(document),
    visitWithTypeInfo(types, {
      Field: () => void fields.push(`${types.getParentType()?.name}.${types.getFieldDef()?.name}`),
    }),
  );
  return fields;
}

describe('how many statements an operation costs', () => {
  let service: Service;
  let world: LongLists;

  beforeAll(async () => {
    service = await Service.start({ config: { roles: new Set<ProcessRole>(['api']) } });
    world = await longLists(service);
  }, 120_000);
  afterAll(() => service.close());

  /** The answer, and the statements it took; once a minute the service writes down how it went, whoever asks. */
  async function ask(row: Row, first: number): Promise<{ data: unknown; statements: string[] }> {
    let data: unknown;
    const statements = await statementsOf(async () => {
      data = await service.query(world[row.caller], documentOf(row), { first, courseId: world.room.courseId });
    });
    return { data, statements: statements.filter((text) => !text.includes('discord_service_minutes')) };
  }

  it('is counted below for every field that leads to an object', () => {
    const asked = new Set(OPERATIONS.flatMap((row) => fieldsAskedFor(documentOf(row))));
    const uncounted = leadingFields().filter((field) => !asked.has(field));
    expect(uncounted.sort()).toEqual(Object.keys(ONCE_AN_OPERATION).sort());
  });

  it.each(OPERATIONS)(
    '$what: the same for a small page and for the largest',
    async (row) => {
      const largest = row.largest ?? 200;
      // What is looked up once for good belongs to no page.
      await ask(row, 1);
      const [few, many] = [await ask(row, 5), await ask(row, largest)];
      for (const [{ data }, length] of [[few, 5] as const, [many, largest] as const]) {
        expect(row.page.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], data)).toHaveLength(
          length,
        );
        expect(JSON.stringify(data)).not.toMatch(/:(null|\[\])[,}]/);
      }
      expect(many.statements.length).toBeLessThanOrEqual(row.atMost);
      expect(few.statements).toHaveLength(many.statements.length);
    },
    60_000,
  );

  it('a page of every course has its own rows only, filtered, and goes on after the same cursor', async () => {
    const owner = await service.createUser('Budi Santoso', 'instructor');
    const token = await service.token(owner, 'instructor');
    const courses = [await service.createCourse('Baking', owner), await service.createCourse('Chess', owner)];
    const students: string[] = [];
    for (const [course, status] of [
      [0, 'joined'],
      [1, 'joined'],
      [0, 'left'],
      [0, 'joined'],
      [1, 'joined'],
      [0, 'joined'],
    ] as const) {
      const userId = await service.createUser('Student');
      students.push(userId);
      await service.sql(
        `INSERT INTO discord_memberships (user_id, course_id, guild_id, status, reason) VALUES ($1, $2, '400000000000000000', $3, $4)`,
        [userId, courses[course], status, status === 'joined' ? 'ADDED' : 'LEFT_BY_CHOICE'],
      );
    }
    const pages = async (after: string | null) => {
      const answer = await service.query<{ courses: { nodes: { memberships: RosterPage }[] } }>(
        token,
        `query ($after: String) { courses { nodes { memberships(first: 2, after: $after, filter: { status: [JOINED] }) {
           totalCount nodes { student { id } } pageInfo { hasNextPage endCursor } } } } }`,
        { after },
      );
      return answer.courses.nodes.map(({ memberships }) => ({
        total: memberships.totalCount,
        students: memberships.nodes.map(({ student }) => students.indexOf(student.id)),
        ...memberships.pageInfo,
      }));
    };
    const [baking, chess] = await pages(null);
    expect(baking).toMatchObject({ total: 3, students: [0, 3], hasNextPage: true });
    expect(chess).toMatchObject({ total: 2, students: [1, 4], hasNextPage: false });
    const [restOfBaking, laterInChess] = await pages(baking!.endCursor);
    expect(restOfBaking).toMatchObject({ total: 3, students: [5], hasNextPage: false });
    expect(laterInChess).toMatchObject({ total: 2, students: [4], hasNextPage: false });
  });

  it('every webhook endpoint shows what it was told itself, in the state that was asked for', async () => {
    const { webhookEndpoints } = await service.query<{
      webhookEndpoints: { all: { seq: string }[]; failed: unknown[] }[];
    }>(
      world.admin,
      `{ webhookEndpoints { all: deliveries(first: 2, status: PENDING) { seq }
         failed: deliveries(first: 2, status: FAILED) { seq } } }`,
    );
    const [first, ...others] = webhookEndpoints.map(({ all }) => all.map(({ seq }) => seq));
    expect(first).toEqual([String(LENGTH), String(LENGTH - 1)]);
    expect(others).toEqual(Array.from({ length: LENGTH - 1 }, () => ['1']));
    expect(webhookEndpoints.flatMap(({ failed }) => failed)).toEqual([]);
  });
});
