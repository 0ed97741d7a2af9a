import { Injectable } from '@nestjs/common';
import { Context } from 'necord';
import { GapReporter } from '../gap-reporter';
import { type Dispatches, OnDispatch } from '../on-dispatch';

/**
 * A new session begins: whatever happened since the last one was not told, in the servers of which this connection tells. A
 * resumed session misses nothing.
 */
@Injectable()
export class NewSessionListener {
  constructor(private readonly gaps: GapReporter) {}

  @OnDispatch('READY')
  onReady(@Context() [{ shard }]: Dispatches['READY']): void {
    this.gaps.report({ shard: shard ?? [0, 1] });
  }
}
