/**
 * A PostgreSQL client that always finds its way back into the pool.
 *
 * Kysely's controlled transactions, on which the ORM's rest, give a connection back after a commit or a
 * rollback that worked. Where `begin` or `rollback` fails, because the connection was cut, it is never given
 * back: after ten cuts the pool is empty for good. So here both seem to work, and the connection is
 * ended: whatever is sent on it next fails, and the pool throws it away when it gets it.
 */
import { PreparingClient } from './preparing-client.ts';

const BEGIN_OR_ROLLBACK = /^(begin|start transaction\b.*|rollback)$/;

type Query = (this: PreparingClient, ...args: unknown[]) => Promise<unknown>;

/** The part of `pg`'s client that its types do not show. */
interface Cuttable {
  connection: { stream: { destroy(): void } };
}

export class ReleasingClient extends PreparingClient {
  constructor(...settings: ConstructorParameters<typeof PreparingClient>) {
    super(...settings);
    // Who uses a connection that is cut hears so from the query; unheard, this would end the process.
    this.on('error', () => undefined);
    const query = this.query as unknown as Query;
    this.query = function queryAndRelease(this: ReleasingClient, ...args: unknown[]) {
      const [text] = args;
      const answer = query.apply(this, args);
      if (typeof text !== 'string' || !BEGIN_OR_ROLLBACK.test(text)) return answer;
      return answer.catch(() => {
        (this as unknown as Cuttable).connection.stream.destroy();
        return { command: text, rowCount: null, rows: [] };
      });
    } as never;
  }
}
