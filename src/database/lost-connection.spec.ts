import { DatabaseError } from 'pg';
import { QueryFailedError, QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';
import { isLostConnection } from './lost-connection';

/** As typeorm hands on what pg says. */
function failed(cause: Error, code?: string): QueryFailedError {
  return new QueryFailedError('SELECT 1', [], code === undefined ? cause : Object.assign(cause, { code }));
}
const said = (message: string) => new DatabaseError(message, message.length, 'error');

describe('a statement fails because the connection is gone', () => {
  it.each<[string, unknown]>([
    ['the connection is ended by an administrator', failed(said('terminating connection'), '57P01')],
    ['the server starts', failed(said('the database system is starting up'), '57P03')],
    ['there are too many connections', failed(said('sorry, too many clients already'), '53300')],
    ['it breaks without a word', failed(new Error('Connection terminated unexpectedly'))],
    ['it broke before', failed(new Error('Client has encountered a connection error and is not queryable'))],
    ['it was closed before', failed(new Error('Client was closed and is not queryable'))],
    ['no answer comes', failed(new Error('Query read timeout'))],
    ['nobody listens there', Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })],
    ['nobody listens at any address', new AggregateError([Object.assign(new Error(''), { code: 'ECONNREFUSED' })])],
    ['its transaction was ended with it', new QueryRunnerAlreadyReleasedError()],
    ['its transaction was ended between two statements', new QueryRunnerProviderAlreadyReleasedError()],
  ])('when %s', (_when, error) => expect(isLostConnection(error)).toBe(true));

  it.each<[string, unknown]>([
    ['a table is missing', failed(said('relation does not exist'), '42P01')],
    ['a statement took too long', failed(said('canceling statement due to statement timeout'), '57014')],
    ['two transactions wait for each other', failed(said('deadlock detected'), '40P01')],
    ['a program is wrong', new TypeError('x is not a function')],
    ['nothing is told', undefined],
  ])('but not when %s', (_when, error) => expect(isLostConnection(error)).toBe(false));
});
