import { Injectable } from '@nestjs/common';
import { GapReporter } from '../gap-reporter';
import { OnDispatch } from '../on-dispatch';

/** A new session begins: whatever happened since the last one was not told. A resumed session misses nothing. */
@Injectable()
export class NewSessionListener {
  constructor(private readonly gaps: GapReporter) {}

  @OnDispatch('READY')
  onReady(): void {
    this.gaps.report();
  }
}
