import { Module } from '@nestjs/common';
import { MembershipModule } from '../../membership/membership.module';
import { MetricsModule } from '../../metrics/metrics.module';
import { ServerConfigModule } from '../../server-config/server-config.module';
import { Answering } from '../answering';
import { ApplySyncButton } from '../buttons/apply-sync.button';
import { CancelButton } from '../buttons/cancel.button';
import { ConfirmRemovalButton } from '../buttons/confirm-removal.button';
import { DirectMessagesButton } from '../buttons/direct-messages.button';
import { HeldRemovalsButton } from '../buttons/held-removals.button';
import { JoinButton } from '../buttons/join.button';
import { Callers } from '../callers';
import { StudentChoice } from '../choices/student-choice';
import { CommandRegistration } from '../command-registration';
import { Pages } from '../pages';
import { RunFollowing } from '../run-following';
import { SettledMemberships } from '../settled-memberships';
import { ConnectCommand } from './connect.command';
import { CourseAccess } from './course-access';
import { CourseAccessCommand } from './course-access.command';
import { EnrollmentSync } from './enrollment-sync';
import { InviteStudentCommand } from './invite-student.command';
import { OwnAccess } from './own-access';
import { RemoveStudentCommand } from './remove-student.command';
import { ServerStatsCommand } from './server-stats.command';
import { SyncEnrollmentCommand } from './sync-enrollment.command';
import { WhyCommand } from './why.command';

/** What people ask of the bot: commands, and the buttons in their answers. */
@Module({
  imports: [MembershipModule, MetricsModule, ServerConfigModule],
  providers: [
    Answering,
    Callers,
    Pages,
    SettledMemberships,
    StudentChoice,
    CommandRegistration,
    CancelButton,
    CourseAccess,
    CourseAccessCommand,
    WhyCommand,
    OwnAccess,
    ConnectCommand,
    JoinButton,
    DirectMessagesButton,
    InviteStudentCommand,
    RemoveStudentCommand,
    ConfirmRemovalButton,
    RunFollowing,
    EnrollmentSync,
    SyncEnrollmentCommand,
    ApplySyncButton,
    HeldRemovalsButton,
    ServerStatsCommand,
  ],
})
export class CommandsModule {}
