import { Body, Controller, Get, Headers, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';
import { CurrentCaller } from '../auth/current-caller';
import { DiscordConnectionsReader } from '../auth/discord-connections.reader';
import { SignedIn } from '../common/access';
import { type Caller } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { languageOf } from '../common/language';
import { explain, nextStepOf } from '../membership/explanation.policy';
import { MembershipActions } from '../membership/membership-actions';
import { type Membership } from '../membership/membership.model';
import { Memberships } from '../membership/memberships';
import { SyncRuns } from '../membership/sync-runs';
import { ApiProblems, EXAMPLE, example, jsonSchema } from '../openapi/described';
import { foremost } from './foremost.policy';
import { COURSE_PATH, INVITATION, INVITED, read, RUNS, STATUS, STATUS_PATH } from './rest-shapes';

const NOT_SIGNED_IN = 'UNAUTHENTICATED: no access token, or not a good one.';

/** What the GraphQL operations syncCourse, membership and inviteStudent do, by the same services, for callers without GraphQL. */
@ApiTags('memberships')
@ApiBearerAuth()
@Controller('api/discord')
@SignedIn()
export class MembershipController {
  constructor(
    private readonly runs: SyncRuns,
    private readonly memberships: Memberships,
    private readonly actions: MembershipActions,
    private readonly connections: DiscordConnectionsReader,
  ) {}

  @Post('sync-course/:courseId')
  @HttpCode(202)
  @ApiOperation({ summary: 'Compare the servers of a course with who is enrolled, and mend what differs (its staff).' })
  @ApiParam({
    name: 'courseId',
    schema: { type: 'string', format: 'uuid' },
    examples: {
      one: example(202, 'A course with a server', EXAMPLE.course),
      unknown: example(404, 'A course that does not exist', EXAMPLE.unknown),
      wrong: example(400, 'What is no id', 'algebra'),
    },
  })
  @ApiResponse({ status: 202, description: 'One run for each server.', schema: jsonSchema(RUNS, 'output') })
  @ApiProblems({
    400: 'BAD_USER_INPUT',
    401: NOT_SIGNED_IN,
    403: 'FORBIDDEN: the caller does not teach this course.',
    404: 'NOT_FOUND: no such course, or the caller may not see it.',
    409: 'SERVER_NOT_READY: no Discord server configured for this course.',
  })
  async syncCourse(@CurrentCaller() caller: Caller, @Param() path: unknown): Promise<z.infer<typeof RUNS>> {
    const { courseId } = read(COURSE_PATH, path);
    const runs = await this.runs.syncCourse(caller, courseId);
    return { runs: runs.map(({ id, guildId, status }) => ({ id, guildId, status })) };
  }

  @Get('status/:userId/:courseId')
  @ApiOperation({ summary: 'Where a student stands in the servers of a course, why, and what to do next.' })
  @ApiParam({
    name: 'userId',
    schema: { type: 'string', format: 'uuid' },
    examples: {
      one: example(200, 'A student of the course', EXAMPLE.student),
      unknown: example(404, 'Somebody whom nobody knows', EXAMPLE.unknown),
      wrong: example(400, 'What is no id', 'ayu'),
    },
  })
  @ApiParam({ name: 'courseId', schema: { type: 'string', format: 'uuid', examples: [EXAMPLE.course] } })
  @ApiResponse({
    status: 200,
    description: 'With several servers, the one first that most needs a person; all of them in memberships.',
    schema: jsonSchema(STATUS, 'output'),
  })
  @ApiProblems({
    400: 'BAD_USER_INPUT',
    401: NOT_SIGNED_IN,
    404: 'NOT_FOUND: no membership, or the caller may not see it.',
  })
  async status(
    @CurrentCaller() caller: Caller,
    @Param() path: unknown,
    @Headers('accept-language') language?: string,
  ): Promise<z.infer<typeof STATUS>> {
    const { userId, courseId } = read(STATUS_PATH, path);
    const memberships = await this.memberships.ofStudent(caller, userId, courseId);
    const first = foremost(memberships);
    if (!first)
      throw new DomainError('NOT_FOUND', 'This student has no membership in this course, or you may not see it.');
    const connection = (await this.connections.find(caller, [first.userId])).get(first.userId);
    const standing = (membership: Membership) => standingOf(membership, caller, language);
    return {
      linked: connection?.isVerified ?? false,
      ...standing(first),
      memberships: memberships.map((membership) => ({
        id: membership.id,
        guildId: membership.guildId,
        guildName: membership.guildName,
        ...standing(membership),
      })),
    };
  }

  @Post('invite-student')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Invite a student again, which lifts that they left or were removed (staff of the course).',
  })
  @ApiBody({
    schema: jsonSchema(INVITATION),
    examples: {
      one: example(200, 'A student of the course', { userId: EXAMPLE.student, courseId: EXAMPLE.course }),
      notEnrolled: example(403, 'Somebody who is not enrolled', { userId: EXAMPLE.unknown, courseId: EXAMPLE.course }),
      unknown: example(404, 'No such course', { userId: EXAMPLE.student, courseId: EXAMPLE.unknown }),
      wrong: example(400, 'Without the course', { userId: EXAMPLE.student }),
    },
  })
  @ApiResponse({
    status: 200,
    description: 'Where the student stands. The invite, if one is needed, follows in a moment: ask for the status.',
    schema: jsonSchema(INVITED, 'output'),
  })
  @ApiProblems({
    400: 'BAD_USER_INPUT',
    401: NOT_SIGNED_IN,
    403: 'FORBIDDEN: the caller does not teach this course. NOT_ENROLLED: the student is not enrolled in it.',
    404: 'NOT_FOUND: no such course, or the caller may not see it.',
    409: 'SERVER_NOT_READY: no Discord server configured for this course.',
  })
  async inviteStudent(@CurrentCaller() caller: Caller, @Body() body: unknown): Promise<z.infer<typeof INVITED>> {
    const { userId, courseId } = read(INVITATION, body);
    const { inviteLink, status } = await this.actions.invite(caller, userId, courseId);
    return { invite_link: inviteLink, status };
  }
}

function standingOf(membership: Membership, caller: Caller, acceptLanguage: string | undefined) {
  const { status, reason, inviteLink, guildName, courseTitle } = membership;
  const person = caller.userId === membership.userId ? 'you' : 'they';
  return {
    status,
    reason,
    nextStep: nextStepOf(reason),
    explanation: explain(reason, { server: guildName, course: courseTitle }, languageOf(acceptLanguage), person),
    invite_link: inviteLink,
  };
}
