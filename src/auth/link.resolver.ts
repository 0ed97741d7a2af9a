import { Args, Context, Mutation, Resolver } from '@nestjs/graphql';
import { Allow } from '../common/access';
import { type Caller } from '../common/caller';
import { DomainError } from '../common/domain-error';
import { type GraphqlContext } from '../graphql/context';
import { CurrentCaller } from './current-caller';
import { DiscordLinkStart } from './link.model';
import { LinkStart, type LinkStarted } from './link-start';
import { Linking } from './linking';

@Resolver()
export class LinkResolver {
  constructor(
    private readonly linkStart: LinkStart,
    private readonly linking: Linking,
  ) {}

  @Mutation(() => DiscordLinkStart, {
    description:
      "Starts linking a Discord account. autoJoin false asks Discord for identify alone: the student comes by invite. servers adds the list of the instructor's servers.",
  })
  @Allow('STUDENT', 'INSTRUCTOR', 'ADMIN')
  async startDiscordLink(
    @CurrentCaller() caller: Caller,
    @Context() { headers, res }: GraphqlContext,
    @Args('returnTo', {
      type: () => String,
      nullable: true,
      description:
        'Where the browser goes afterwards, with ?discord=connected, cancelled or error: a path, or a page of an allowed origin.',
    })
    returnTo: string | null | undefined,
    @Args('autoJoin', {
      type: () => Boolean,
      nullable: true,
      defaultValue: true,
      description: 'Whether the service may bring the person into servers by itself.',
    })
    autoJoin: boolean | null,
    @Args('servers', {
      type: () => Boolean,
      nullable: true,
      defaultValue: false,
      description: "Whether to ask for the list of the person's servers as well.",
    })
    servers: boolean | null,
  ): Promise<Omit<LinkStarted, 'setCookie'>> {
    if (!res) {
      throw new DomainError(
        'BAD_USER_INPUT',
        'Start linking over HTTP: a WebSocket cannot set the cookie that binds it.',
      );
    }
    const options = { returnTo: returnTo ?? null, autoJoin: autoJoin ?? true, servers: servers ?? false };
    const { setCookie, ...started } = await this.linkStart.start(caller, options, headers.cookie);
    res.append('Set-Cookie', setCookie);
    return started;
  }

  @Mutation(() => Boolean, {
    description:
      "Gives up the viewer's Discord connection and ends the authorization at Discord. False when nothing was linked.",
  })
  @Allow('STUDENT', 'INSTRUCTOR', 'ADMIN')
  unlinkDiscord(@CurrentCaller() caller: Caller): Promise<boolean> {
    return this.linking.disconnect(caller.userId, caller.userId);
  }
}
