import { Module } from '@nestjs/common';
import { BuiltPages } from './built-pages';
import { PagesController } from './pages.controller';
import { Pictures } from './pictures';
import { PicturesController } from './pictures.controller';

/** The web pages (`web/`), and the pictures that they show. */
@Module({
  controllers: [PagesController, PicturesController],
  providers: [BuiltPages, Pictures],
})
export class PagesModule {}
