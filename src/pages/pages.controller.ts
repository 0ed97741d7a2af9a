import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { SkipThrottle } from '@nestjs/throttler';
import { type Request, type Response } from 'express';
import { Public } from '../common/access';
import { DomainError } from '../common/domain-error';
import { BuiltPages, type PageFile } from './built-pages';
import { PAGE_ROUTES } from './page-routes';

/** Nothing but files of this service: no inline script or style, no other site, and no site that frames it. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** The web pages: what a browser gets before it asks the API. */
@SkipThrottle()
@Controller()
@ApiExcludeController()
export class PagesController {
  constructor(private readonly pages: BuiltPages) {}

  /** Every page is this one file; its script knows what to show at which address. Asked for anew each time (ETag). */
  @Get(PAGE_ROUTES)
  @Public()
  page(@Req() request: Request, @Res() response: Response): void {
    const file = this.pages.find('index.html');
    if (!file) {
      response.status(503).type('text').send('The pages are not built. Run "npm run build", then start again.');
      return;
    }
    response.set({
      'Content-Security-Policy': CONTENT_SECURITY_POLICY,
      // With "no-referrer" browsers would also keep from us which page a request comes from.
      'Referrer-Policy': 'same-origin',
      'Cache-Control': 'no-cache',
    });
    send(file, request, response);
  }

  /** What a page consists of. The names hold a hash of the content, so a browser keeps them for good. */
  @Get('assets/:name')
  @Public()
  asset(@Param('name') name: string, @Req() request: Request, @Res() response: Response): void {
    const file = this.pages.find(`assets/${name}`);
    if (!file) throw new DomainError('NOT_FOUND', 'There is no such file. The page is an older one: load it again.');
    response.set('Cache-Control', 'public, max-age=31536000, immutable');
    send(file, request, response);
  }

  @Get('icon.svg')
  @Public()
  icon(@Req() request: Request, @Res() response: Response): void {
    const file = this.pages.find('icon.svg');
    if (!file) throw new DomainError('NOT_FOUND', 'The pages are not built.');
    response.set('Cache-Control', 'public, max-age=86400');
    send(file, request, response);
  }
}

/** The smallest form that the browser understands. */
function send(file: PageFile, request: Request, response: Response): void {
  const encoding = request.acceptsEncodings([...file.encoded.keys()]);
  const body = encoding === false ? undefined : file.encoded.get(encoding);
  response.set({ 'Content-Type': file.type, Vary: 'Accept-Encoding' });
  if (body && encoding !== false) response.set('Content-Encoding', encoding);
  response.send(body ?? file.plain);
}
