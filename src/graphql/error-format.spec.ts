import { BadRequestException, HttpException, Logger, NotFoundException } from '@nestjs/common';
import { GraphQLError } from 'graphql';
import { DomainError } from '../common/domain-error';
import { formatGraphqlError, refusalOf } from './error-format';

describe('what a caller is told of a failure', () => {
  let logged: jest.SpyInstance;

  beforeEach(() => {
    logged = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
  });
  afterEach(() => logged.mockRestore());

  it('is the sentence and the details of a refusal, even deep inside what GraphQL wrapped around it', () => {
    const refusal = new DomainError('CONFLICT', 'That account is linked already.', { linkedSince: '2026-01-01' });
    const wrapped = new GraphQLError('x', {
      path: ['link'],
      originalError: new GraphQLError('y', { originalError: refusal }),
    });
    expect(formatGraphqlError(wrapped)).toEqual({
      message: 'That account is linked already.',
      path: ['link'],
      extensions: { code: 'CONFLICT', linkedSince: '2026-01-01' },
    });
    expect(logged).not.toHaveBeenCalled();
  });

  it('is never what a bug or a database says: only an id under which that is logged', () => {
    const failure = Object.assign(new Error('relation "secret_table" does not exist'), { parameters: ['a token'] });
    const told = formatGraphqlError(new GraphQLError('x', { path: ['viewer'], originalError: failure }));
    expect(JSON.stringify(told)).not.toMatch(/secret_table|stack|token/);
    expect(told.extensions).toEqual({ code: 'INTERNAL_SERVER_ERROR', correlationId: expect.any(String) as unknown });
    expect(logged).toHaveBeenCalledTimes(1);
    const line = JSON.stringify(logged.mock.calls[0]);
    expect(line).toContain(told.extensions?.['correlationId']);
    expect(line).toContain('secret_table');
    expect(line).not.toContain('a token');
  });

  it.each([undefined, null, 'text', 42, {}])('survives that %p was thrown', (thrown) => {
    expect(refusalOf(thrown)).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', status: 500 });
  });

  it.each<[Error, string, number]>([
    [new NotFoundException('Cannot GET /x'), 'NOT_FOUND', 404],
    [new BadRequestException('no'), 'BAD_USER_INPUT', 400],
    [new HttpException('too much', 413), 'BAD_USER_INPUT', 413],
    [new HttpException('slow down', 429), 'RATE_LIMITED', 429],
    [Object.assign(new Error('request entity too large'), { expose: true, status: 413 }), 'BAD_USER_INPUT', 413],
  ])('keeps what %p means', (error, code, status) => {
    expect(refusalOf(error)).toMatchObject({ code, status, message: error.message, details: {} });
  });

  it('keeps what an exception carries beside its message', () => {
    const bad = new HttpException(
      { statusCode: 422, message: 'Two events are bad.', error: 'x', invalid: [1, 4] },
      422,
    );
    expect(refusalOf(bad).details).toEqual({ invalid: [1, 4] });
  });
});
