import { Field, ObjectType, registerEnumType } from '@nestjs/graphql';
import { type Role } from '../common/caller';
import { GraphQLUuid } from '../graphql/scalars';

/** GraphQL's picture of {@link Role}. */
export const UserRole = {
  STUDENT: 'STUDENT',
  INSTRUCTOR: 'INSTRUCTOR',
  ADMIN: 'ADMIN',
  SERVICE: 'SERVICE',
} as const satisfies Record<Role, Role>;

registerEnumType(UserRole, {
  name: 'UserRole',
  description: "The platform's roles.",
  valuesMap: {
    STUDENT: { description: 'Attends courses. Everybody without another role.' },
    INSTRUCTOR: { description: 'Teaches courses, and attends others.' },
    ADMIN: { description: 'May do in every course what its instructor may.' },
    SERVICE: { description: 'The platform itself, not a person.' },
  },
});

@ObjectType('Viewer', { description: 'Whoever is asking.' })
export class Viewer {
  @Field(() => GraphQLUuid, { description: "The platform's user id." })
  id!: string;

  @Field(() => UserRole, { description: 'What the access token says that the viewer is.' })
  role!: Role;
}
