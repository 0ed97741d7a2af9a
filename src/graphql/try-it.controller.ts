import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, Get, Header, Redirect } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { SkipThrottle } from '@nestjs/throttler';
import { Public } from '../common/access';
import { GRAPHQL_PATH } from './limits';

/** Where the script of the page at {@link GRAPHQL_PATH} is found: the content security policy allows files only. */
export const TRY_IT_SCRIPT = `${GRAPHQL_PATH}/try-it.js`;

const SCRIPT = readFileSync(join(__dirname, 'try-it.js'), 'utf8');

@SkipThrottle()
@Controller()
@ApiExcludeController()
export class TryItController {
  /** Until there is a page of its own, whoever opens the address is shown what it offers. */
  @Get()
  @Redirect(GRAPHQL_PATH)
  @Public()
  home(): void {
    // The decorator answers.
  }

  @Get(TRY_IT_SCRIPT)
  @Header('content-type', 'text/javascript; charset=utf-8')
  @Public()
  script(): string {
    return SCRIPT;
  }
}
