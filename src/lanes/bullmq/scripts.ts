/** Our Lua scripts on BullMQ's keys. Each file's header documents the script and the BullMQ script it corresponds to. */
import { readLua } from '../read-lua.ts';
import type { RedisConnection } from '../redis/redis.ts';

const read = (name: string) => readLua(import.meta.dirname, name);
const ADD = read('add.lua');
const TAKE = read('take.lua');
const FINISH = read('finish.lua');
const INSPECT = read('inspect.lua');
const RESERVE = read('reserve.lua');

/** Each takes the number of its keys, the keys, and the arguments. */
interface Scripts {
  addJobs(...args: (string | number)[]): Promise<number[]>;
  takeJobs(...args: (string | number)[]): Promise<(string | number)[]>;
  finishJobs(...args: (string | number)[]): Promise<number>;
  inspectLane(...args: (string | number)[]): Promise<[waiting: number, taken: number, at: string]>;
  reserveJobs(...args: (string | number)[]): Promise<number[]>;
}

export type ScriptedRedis = RedisConnection & Scripts;

/** Defines the scripts on a connection. @returns the same connection */
export function withScripts(redis: RedisConnection): ScriptedRedis {
  redis.defineCommand('addJobs', { lua: ADD });
  redis.defineCommand('takeJobs', { lua: TAKE });
  redis.defineCommand('finishJobs', { lua: FINISH });
  redis.defineCommand('inspectLane', { lua: INSPECT });
  redis.defineCommand('reserveJobs', { lua: RESERVE });
  return redis as ScriptedRedis;
}
