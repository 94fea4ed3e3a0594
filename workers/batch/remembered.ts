/** All that a worker process remembers of rows that never change. */
import type { Pool } from 'pg';
import { Halls } from '../rows/best-seats/halls.ts';
import { Users } from './users.ts';

export class Remembered {
  readonly users = new Users();
  readonly halls = new Halls();

  /** Watches the connections of the process. */
  follow(pool: Pool): void {
    for (const cache of [this.users, this.halls]) cache.follow(pool);
  }

  /** Call this when a connection to PostgreSQL was lost. */
  markStale(): void {
    for (const cache of [this.users, this.halls]) cache.markStale();
  }
}
