/**
 * Makes the snapshot from which simulations start. It takes steps and random numbers, and a simulation that had taken them would not be
 * that of its seed; so it is a process of its own, started by `simulate.ts` with `host/boot.ts` loaded before.
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { MikroORM } from '@mikro-orm/postgresql';
import { ormOptions } from '../../../src/db/connection/orm.ts';
import { Random } from '../host/random.ts';
import { Scheduler } from '../host/scheduler.ts';
import { type Server, SimConnection } from './connection.ts';
import { Engine } from './engine.ts';
import { snapshotPath } from './snapshot.ts';

const engine = await Engine.open();
await migrated();
const bytes = Buffer.from(await (await engine.dump()).arrayBuffer());
await engine.close();
const path = snapshotPath();
mkdirSync(dirname(path), { recursive: true });
// Another run may make it at the same time.
const unfinished = `${path}.${process.pid}`;
writeFileSync(unfinished, bytes);
renameSync(unfinished, path);
process.exit(0);

/** The migrator reads files, so the timers are those of Node, and the steps are made until it has ended. */
async function migrated(): Promise<void> {
  const scheduler = new Scheduler(new Random(0, 'the migration'), () => undefined);
  const hooks = { isLost: () => false, onCommit: () => undefined, onRollback: () => undefined };
  let isDone = false;
  const migrating = migrate({ engine, scheduler, hooks }).finally(() => {
    isDone = true;
  });
  while (!isDone) {
    await scheduler.step();
    await scheduler.settle();
  }
  await migrating;
}

async function migrate(server: Server): Promise<void> {
  const options = ormOptions({
    databaseUrl: 'postgresql://sim@localhost/sim',
    connectionsMax: 1,
    applicationName: 'sim',
  });
  const stream = () => new SimConnection(server);
  const orm = await MikroORM.init({
    ...options,
    driverOptions: { ...(options.driverOptions as object), password: '', stream },
  });
  await orm.migrator.up();
  await orm.close();
}
