import { type Type } from '@nestjs/common';
import { Field, Int, ObjectType } from '@nestjs/graphql';
import { type Page } from '../common/page';

@ObjectType({ description: 'Where a page ends, and whether another one follows.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether there is more after this page.' })
  hasNextPage!: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'Give it as "after" to get the next page; null on an empty one.',
  })
  endCursor!: string | null;
}

export interface EdgeOf<Node> {
  readonly cursor: string;
  readonly node: Node;
}

/** One page of a list as GraphQL shows it. */
export interface ConnectionOf<Node> {
  readonly edges: readonly EdgeOf<Node>[];
  readonly nodes: readonly Node[];
  readonly pageInfo: Readonly<Pick<PageInfo, 'hasNextPage' | 'endCursor'>>;
}

/** A page that can also tell how long the whole list is. */
export interface CountedConnectionOf<Node> extends ConnectionOf<Node> {
  readonly totalCount: Promise<number>;
}

/**
 * The GraphQL types `<name>Edge` and `<name>Connection`. Give the result a class of the connection's name:
 *
 *     @ObjectType()
 *     export class CourseConnection extends countedConnectionType('Course', () => Course) {}
 */
export function connectionType<Node>(name: string, node: () => Type<Node>): Type<ConnectionOf<Node>> {
  @ObjectType(`${name}Edge`, { description: 'One of the list, with its place in it.' })
  class Edge implements EdgeOf<Node> {
    @Field(() => String, { description: 'Its place in the list: give it as "after" to go on from here.' })
    cursor!: string;

    @Field(node, { description: 'What stands there.' })
    node!: Node;
  }

  @ObjectType({ isAbstract: true })
  class Connection implements ConnectionOf<Node> {
    @Field(() => [Edge], { description: 'The page, each with its place in the list.' })
    edges!: readonly EdgeOf<Node>[];

    @Field(() => [node()], { description: 'The page, without the places.' })
    nodes!: readonly Node[];

    @Field(() => PageInfo, { description: 'Where the page ends, and whether another one follows.' })
    pageInfo!: PageInfo;
  }
  return Connection;
}

/** {@link connectionType} with `totalCount`. */
export function countedConnectionType<Node>(name: string, node: () => Type<Node>): Type<CountedConnectionOf<Node>> {
  @ObjectType({ isAbstract: true })
  abstract class CountedConnection extends connectionType(name, node) implements CountedConnectionOf<Node> {
    @Field(() => Int, { description: 'How many there are in all; counted only when asked for.' })
    totalCount!: Promise<number>;
  }
  return CountedConnection as Type<CountedConnectionOf<Node>>;
}

/** Shows a page as a connection. */
export function toConnection<Node>(page: Page<Node>): ConnectionOf<Node> {
  return {
    edges: page.edges,
    nodes: page.edges.map((edge) => edge.node),
    pageInfo: { hasNextPage: page.hasNextPage, endCursor: page.edges.at(-1)?.cursor ?? null },
  };
}

/** Shows a page as a connection; `count` runs only if a client asks for `totalCount`. */
export function toCountedConnection<Node>(page: Page<Node>, count: () => Promise<number>): CountedConnectionOf<Node> {
  return {
    ...toConnection(page),
    get totalCount() {
      return count();
    },
  };
}
