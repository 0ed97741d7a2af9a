import { requestId } from './request-id';

const UUID = /^[0-9a-f-]{36}$/;

describe('the id of a request', () => {
  it("is the caller's when it is a plain word", () => {
    expect(requestId('01J9Z3K8-request.7')).toBe('01J9Z3K8-request.7');
  });

  it.each([['short'], ['two words are none'], ['a'.repeat(65)], ['line\nbreak-in-it'], ['<script>alert</script>']])(
    'is a new one instead of %j',
    (header) => {
      expect(requestId(header)).toMatch(UUID);
    },
  );

  it('is a new one when there is none, or more than one', () => {
    expect(requestId(undefined)).toMatch(UUID);
    expect(requestId(['12345678', '87654321'])).toMatch(UUID);
  });
});
