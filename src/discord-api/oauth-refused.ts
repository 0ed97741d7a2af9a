/** Discord refused what a person's grant was to be used for: the code or the refresh token is dead, used or not ours. */
export class OAuthRefused extends Error {
  override readonly name = 'OAuthRefused';

  constructor(
    /** RFC 6749's word, such as `invalid_grant`. */
    readonly error: string,
    status: number,
  ) {
    super(`Discord refused the person's grant: ${error} (status ${status}). They have to link their account again.`);
  }
}
