import { type ApolloServerPlugin, type GraphQLRequestListener } from '@apollo/server';
import { Plugin } from '@nestjs/apollo';
import { type GraphqlContext } from '../graphql/context';
import { loaders } from '../graphql/loaders';
import { LogReader } from './log-reader';

/** The field of which this is the value: that its name stands somewhere in the text is enough to read it. */
const FIELD = 'logEnd';

/**
 * Where the log ends, read before anything else of a request is. The fields of a query are read at the same time, each with a
 * snapshot of its own: what is committed in between could be missing in the answer and lie before the place that is named in it.
 */
@Plugin()
export class LogEnd implements ApolloServerPlugin<GraphqlContext> {
  constructor(private readonly reader: LogReader) {}

  requestDidStart(): Promise<GraphQLRequestListener<GraphqlContext>> {
    return Promise.resolve({
      didResolveOperation: async ({ source, contextValue }) => {
        // Told by the field when it could not be read.
        if (contextValue.caller && source.includes(FIELD)) await this.of(contextValue).catch(() => undefined);
      },
    });
  }

  /** As it was read for this request. */
  of(context: GraphqlContext): Promise<bigint> {
    return loaders(context)
      .get<string, bigint>('audit-log/end', async () => [await this.reader.end()])
      .load(FIELD);
  }
}
