import { type MeQuery } from './me.generated';

export type Membership = MeQuery['viewer']['memberships']['nodes'][number];
export type EnrolledCourse = MeQuery['viewer']['enrolledCourses']['nodes'][number];

/** One row of the page: a place in a server, or a course that has none (yet, or by an invite link only). */
export type CourseLine =
  | { readonly kind: 'membership'; readonly key: string; readonly membership: Membership; readonly link: string | null }
  | { readonly kind: 'course'; readonly key: string; readonly course: EnrolledCourse };

/** The rows: by title, what has ended last, so that nothing changes its place when its status does. */
export function courseLines({ memberships, enrolledCourses }: MeQuery['viewer']): readonly CourseLine[] {
  const served = new Set(memberships.nodes.map(({ course }) => course.id));
  const links = new Map(
    enrolledCourses.nodes.map(({ id, discordLink }) => [
      id,
      discordLink && discordLink.working !== false ? discordLink.inviteLink : null,
    ]),
  );
  const lines: CourseLine[] = [
    ...memberships.nodes.map((membership) => ({
      kind: 'membership' as const,
      key: membership.id,
      membership,
      link: links.get(membership.course.id) ?? null,
    })),
    ...enrolledCourses.nodes
      .filter(({ id }) => !served.has(id))
      .map((course) => ({ kind: 'course' as const, key: course.id, course })),
  ];
  const hasEnded = (line: CourseLine) => line.kind === 'membership' && line.membership.removedAt !== null;
  const title = (line: CourseLine) => (line.kind === 'membership' ? line.membership.course.title : line.course.title);
  return lines.sort(
    (a, b) => Number(hasEnded(a)) - Number(hasEnded(b)) || title(a).localeCompare(title(b)) || (a.key < b.key ? -1 : 1),
  );
}
