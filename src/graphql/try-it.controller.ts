import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, Get, Header } from '@nestjs/common';
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
  @Get(TRY_IT_SCRIPT)
  @Header('content-type', 'text/javascript; charset=utf-8')
  @Public()
  script(): string {
    return SCRIPT;
  }
}
