/** Our scripts on BullMQ's keys. The header of each file says what it does, and to which script of BullMQ it corresponds. */
import { readLua } from '../read-lua.ts';
import type { RedisConnection } from '../redis/redis.ts';

const read = (name: string) => readLua(import.meta.dirname, name);
const ADD = read('add.lua');
const TAKE = read('take.lua');
const FINISH = read('finish.lua');
const INSPECT = read('inspect.lua');
const RESERVE = read('reserve.lua');

/** Each is called with the number of its keys, the keys, and the arguments. */
interface Scripts {
  addJobs(...args: (string | number)[]): Promise<number>;
  takeJobs(...args: (string | number)[]): Promise<(string | number)[]>;
  finishJobs(...args: (string | number)[]): Promise<number>;
  inspectLane(...args: (string | number)[]): Promise<[waiting: number, taken: number, at: string]>;
  reserveJobs(...args: (string | number)[]): Promise<number[]>;
}

export type ScriptedRedis = RedisConnection & Scripts;

/** Makes the scripts known to a connection. @returns the same connection */
export function withScripts(redis: RedisConnection): ScriptedRedis {
  redis.defineCommand('addJobs', { lua: ADD });
  redis.defineCommand('takeJobs', { lua: TAKE });
  redis.defineCommand('finishJobs', { lua: FINISH });
  redis.defineCommand('inspectLane', { lua: INSPECT });
  redis.defineCommand('reserveJobs', { lua: RESERVE });
  return redis as ScriptedRedis;
}
