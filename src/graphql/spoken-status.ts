import { type ApolloServerPlugin } from '@apollo/server';
import { type GraphqlContext } from './context';

/** The media type whose answers may carry the status of a refusal; older clients speak application/json only. */
const OWN_MEDIA_TYPE = 'application/graphql-response+json';

/**
 * The status that GraphQL over HTTP asks for when an operation was read and refused before it ran: under
 * `application/json` that is 200, because whatever stands between may answer 4xx in the same media type, and only an
 * answer of 200 is surely GraphQL's. Apollo says 400 under both.
 * https://graphql.github.io/graphql-over-http/draft/#sec-application-json
 */
export const spokenStatus: ApolloServerPlugin<GraphqlContext> = {
  requestDidStart: () => {
    let wasRead = false;
    return Promise.resolve({
      didResolveSource: () => {
        wasRead = true;
        return Promise.resolve();
      },
      willSendResponse: ({ response, contextValue }) => {
        const mediaType = contextValue.req?.accepts(['application/json', OWN_MEDIA_TYPE]);
        if (wasRead && response.http.status === 400 && mediaType !== OWN_MEDIA_TYPE) response.http.status = 200;
        return Promise.resolve();
      },
    });
  },
};
