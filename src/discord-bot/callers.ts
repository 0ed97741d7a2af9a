import { Injectable } from '@nestjs/common';
import { LinkedPeople } from '../auth/linked-people';
import { callerOfPerson } from '../auth/person';
import { type Caller } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { type ServerConfigRow, ServerConfigs } from '../server-config/server-configs';
import { type Visitor } from './visitor';

/** Staff of at least one course of the server in which the command was run. */
export interface Staff {
  readonly caller: Caller;
  /** Their own courses that have a place in this server, by title; admins: all of them. */
  readonly courses: readonly ServerConfigRow[];
}

/** Who somebody on Discord is on the platform. The database is asked with their claims, as it is over GraphQL. */
@Injectable()
export class Callers {
  constructor(
    private readonly people: LinkedPeople,
    private readonly configs: ServerConfigs,
  ) {}

  /** @throws DomainError NOT_LINKED */
  async caller({ discordUserId, until }: Pick<Visitor, 'discordUserId' | 'until'>): Promise<Caller> {
    return callerOfPerson(await this.people.ownerOf(discordUserId), until);
  }

  /**
   * Discord's own permissions do not count: who runs a server need not teach.
   * @throws DomainError NOT_LINKED; FORBIDDEN for whoever teaches none of the server's courses.
   */
  async staff(visitor: Pick<Visitor, 'discordUserId' | 'until' | 'guildId'>): Promise<Staff> {
    const caller = await this.caller(visitor);
    const courses = await this.configs.ofGuild(caller, visitor.guildId);
    if (courses.length > 0) return { caller, courses };
    throw new DomainError('FORBIDDEN', 'Only those who teach a course that is connected with this server may do that.');
  }
}
