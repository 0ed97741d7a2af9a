/** passport-discord 0.1.4 brings no types; it is a passport-oauth2 strategy with Discord's addresses. */
declare module 'passport-discord' {
  import OAuth2Strategy from 'passport-oauth2';

  class Strategy extends OAuth2Strategy {}
  namespace Strategy {
    export { Strategy };
  }
  export = Strategy;
}
