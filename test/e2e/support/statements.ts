import { Client } from 'pg';

/** What a transaction of a request is framed by, whatever it is about. */
const FRAME = /^(BEGIN|START|COMMIT|ROLLBACK|SELECT set_config|SET )/i;

/** The statements that this process sends while the work is done, but for the frames of its transactions. */
export async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const statements: string[] = [];
  const original = Object.getOwnPropertyDescriptor(Client.prototype, 'query')!;
  const query = original.value as (this: Client, ...parameters: unknown[]) => unknown;
  Object.defineProperty(Client.prototype, 'query', {
    ...original,
    value(this: Client, ...parameters: unknown[]): unknown {
      const text = textOf(parameters);
      if (!FRAME.test(text.trim())) statements.push(text);
      return query.apply(this, parameters);
    },
  });
  try {
    await work();
  } finally {
    Object.defineProperty(Client.prototype, 'query', original);
  }
  return statements;
}

/** From now on, once only: what happens when this process has been answered such a statement, before it goes on. */
export function justAfter(statement: RegExp, happens: () => unknown): void {
  const original = Object.getOwnPropertyDescriptor(Client.prototype, 'query')!;
  const query = original.value as (this: Client, ...parameters: unknown[]) => unknown;
  Object.defineProperty(Client.prototype, 'query', {
    ...original,
    value(this: Client, ...parameters: unknown[]): unknown {
      if (!statement.test(textOf(parameters))) return query.apply(this, parameters);
      Object.defineProperty(Client.prototype, 'query', original);
      const answer = query.apply(this, parameters) as Promise<unknown>;
      return answer.then(async (result) => {
        await happens();
        return result;
      });
    },
  });
}

function textOf([first]: unknown[]): string {
  return typeof first === 'string' ? first : ((first as { text?: string } | undefined)?.text ?? '');
}
