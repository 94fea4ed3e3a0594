/**
 * A PostgreSQL client that always finds its way back into the pool, and does not wait for `begin`.
 *
 * Kysely's controlled transactions, on which the ORM's rest, give a connection back after a commit or a
 * rollback that worked. Where `begin` or `rollback` fails, because the connection was cut, it is never given
 * back: after ten cuts the pool is empty for good. So here both seem to work, and the connection is
 * ended: whatever is sent on it next fails, and the pool throws it away when it gets it.
 *
 * As `begin` never fails, nobody has to hear of it: the transaction's first statement is sent right behind it
 * (docs/decisions/0026).
 */
import type { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import { coalesceWrites } from '../../coalesce-writes.ts';
import { isReadOnlyDatabase } from '../../service-errors.ts';
import { PreparingClient } from './preparing-client.ts';

const BEGIN = /^(begin|start transaction\b.*)$/;

type Query = (this: PreparingClient, ...args: unknown[]) => Promise<unknown>;

/** The part of `pg`'s client that its types do not show. */
interface Cuttable {
  connection: EventEmitter & { stream: Duplex };
}

export class ReleasingClient extends PreparingClient {
  constructor(...settings: ConstructorParameters<typeof PreparingClient>) {
    super(...settings);
    // Who uses a connection that is cut hears so from the query; unheard, this would end the process.
    this.on('error', () => undefined);
    const { connection } = this as unknown as Cuttable;
    this.once('connect', () => coalesceWrites(connection.stream));
    // After a failover the address leads to the new primary, but this connection to a server that takes no writes.
    connection.on('errorMessage', (error) => {
      if (isReadOnlyDatabase(error)) setImmediate(() => connection.stream.destroy());
    });
    const query = this.query as unknown as Query;
    this.query = function queryAndRelease(this: ReleasingClient, ...args: unknown[]) {
      const [text] = args;
      const answer = query.apply(this, args);
      const isBegin = typeof text === 'string' && BEGIN.test(text);
      if (!isBegin && text !== 'rollback') return answer;
      const nothing = { command: text, rowCount: null, rows: [] };
      const settled = answer.catch(() => {
        connection.stream.destroy();
        return nothing;
      });
      return isBegin ? Promise.resolve(nothing) : settled;
    } as never;
  }
}
