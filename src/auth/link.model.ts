import { Field, ObjectType } from '@nestjs/graphql';
import { GraphQLDateTime } from '../graphql/scalars';

@ObjectType('DiscordLinkStart', { description: 'A linking that was started and waits for the person at Discord.' })
export class DiscordLinkStart {
  @Field(() => String, {
    description: "Discord's own authorize URL: send the browser here. This answer also sets the cookie that binds it.",
  })
  authorizeUrl!: string;

  @Field(() => String, { description: 'What Discord sends back with the code; good for one use.' })
  state!: string;

  @Field(() => GraphQLDateTime, { description: 'Until when the person has to have agreed.' })
  expiresAt!: Date;
}
