import { Injectable } from '@nestjs/common';
import { Button, type ButtonContext, Context } from 'necord';
import { Answering } from '../answering';

/** Whatever was asked about is not done. */
@Injectable()
export class CancelButton {
  constructor(private readonly answering: Answering) {}

  @Button('cancel')
  cancel(@Context() [interaction]: ButtonContext): Promise<void> {
    return this.answering.answer(interaction, ({ texts }) =>
      Promise.resolve({ headline: texts.nothingChanged, tone: 'plain' }),
    );
  }
}
