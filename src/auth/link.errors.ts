import { DomainError } from '../common/domain-error';

/** The person pressed Cancel on Discord's consent page. */
export class LinkCancelled extends DomainError {
  constructor() {
    super('BAD_USER_INPUT', 'You cancelled on Discord, so nothing was connected. Start again whenever you like.');
  }
}
