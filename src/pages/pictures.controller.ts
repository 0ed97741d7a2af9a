import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type Response } from 'express';
import { Allow } from '../common/access';
import { DomainError } from '../common/domain-error';
import { Pictures } from './pictures';

/** Discord's own form of a picture's place: whose it is, and the hash under which it lies. */
const NAME = /^(avatars|icons)\/\d{1,20}\/(a_)?[0-9a-f]{32}$/;

/** Avatars and server icons at this service's own address. For people who are signed in: it is no proxy for everybody. */
@Controller('pictures')
@ApiExcludeController()
export class PicturesController {
  constructor(private readonly pictures: Pictures) {}

  @Get(':kind/:id/:hash')
  @Allow('STUDENT', 'INSTRUCTOR', 'ADMIN')
  async picture(
    @Param('kind') kind: string,
    @Param('id') id: string,
    @Param('hash') hash: string,
    @Res() response: Response,
  ): Promise<void> {
    const name = `${kind}/${id}/${hash}`;
    if (!NAME.test(name)) throw new DomainError('NOT_FOUND', 'There is no such picture.');
    const { type, bytes } = await this.pictures.find(name);
    // Another picture has another hash.
    response.set({ 'Content-Type': type, 'Cache-Control': 'private, max-age=86400' });
    response.send(Buffer.from(bytes));
  }
}
