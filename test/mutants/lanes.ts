/** Mutants of the queue seam: the scripts on BullMQ's keys, and what stands around them. */
import type { Mutant } from './mutant.ts';

const contract = ['test/integration/lanes/contract.test.ts'];
const fields = ['test/integration/lanes/bullmq/keys-and-fields.test.ts'];
const producer = ['test/integration/lanes/bullmq/producer.test.ts'];
const reads = ['test/integration/lanes/bullmq/reads-ours.test.ts'];

export const laneMutants: readonly Mutant[] = [
  {
    name: 'a job that the lane holds is added again',
    file: 'src/lanes/bullmq/add.lua',
    find: "if redis.call('EXISTS', start .. id) == 0 then",
    replace: 'if true then',
    tests: contract,
  },
  {
    name: 'jobs of one call are added in the wrong order',
    file: 'src/lanes/bullmq/add.lua',
    find: "redis.call('LPUSH', start .. 'wait', id)",
    replace: "redis.call('RPUSH', start .. 'wait', id)",
    tests: contract,
  },
  {
    name: 'a new job leaves no mark',
    file: 'src/lanes/bullmq/add.lua',
    find: "redis.call('ZADD', start .. 'marker', 0, '0')",
    replace: '',
    tests: producer,
  },
  {
    name: 'jobs of one turn are sent one by one',
    file: 'src/lanes/bullmq/producer.ts',
    find: 'if (this.#redis instanceof Cluster) for',
    replace: 'if (turn.length > 0) for',
    tests: producer,
  },
  {
    name: 'a job has a field that BullMQ does not know',
    file: 'src/lanes/bullmq/add.lua',
    find: "'delay', 0, 'priority', 0)",
    replace: "'delay', 0, 'prio', 0)",
    tests: fields,
  },
  {
    name: 'pending commands overtake what a dead owner left',
    file: 'src/lanes/bullmq/take.lua',
    find: "ids[index] = lane.unfinished[index] or redis.call('RPOPLPUSH', wait, active)",
    replace: "ids[index] = redis.call('RPOPLPUSH', wait, active) or lane.unfinished[index]",
    tests: contract,
  },
  {
    name: 'a paused lane gives its commands',
    file: 'src/lanes/bullmq/take.lua',
    find: "elseif waiting > 0 and redis.call('HEXISTS', lane.start .. 'meta', 'paused') == 0 then",
    replace: 'elseif waiting > 0 then',
    tests: contract,
  },
  {
    name: 'the same lane is always the first to give commands',
    file: 'src/lanes/bullmq/consumer.ts',
    find: 'const first = this.#turn % lanes.length;',
    replace: 'const first = 0;',
    tests: contract,
  },
  {
    name: 'finished jobs stay in hand',
    file: 'src/lanes/bullmq/finish.lua',
    find: "redis.call('LREM', start .. 'active', 1, id)\n    if",
    replace: 'if',
    tests: contract,
  },
  {
    name: 'finished jobs are never dropped',
    file: 'src/lanes/bullmq/finish.lua',
    find: 'if surplus > 0 then',
    replace: 'if false then',
    tests: contract,
  },
  {
    name: 'a failed job counts as completed',
    file: 'src/lanes/bullmq/read-job.ts',
    find: "return ['failed', 'failedReason', outcome.problem.detail];",
    replace: "return ['completed', 'failedReason', outcome.problem.detail];",
    tests: reads,
  },
  {
    name: 'the age of a lane leaves out the commands in hand',
    file: 'src/lanes/bullmq/inspect.lua',
    find: "redis.call('LINDEX', KEYS[2], -1) or redis.call('LINDEX', KEYS[1], -1)",
    replace: "redis.call('LINDEX', KEYS[1], -1)",
    tests: ['test/integration/lanes/backlog.test.ts'],
  },
  {
    name: 'a wait for jobs cannot be ended',
    file: 'src/lanes/bullmq/wake-up.ts',
    find: '    this.#end();\n',
    replace: '',
    tests: ['test/integration/workers/lanes/work-signal.test.ts'],
  },
  {
    name: 'the queue of a webhook has no bound',
    file: 'src/lanes/bullmq/reserve.lua',
    find: "local hasRoom = redis.call('ZCARD', set) < max",
    replace: 'local hasRoom = true',
    tests: ['test/integration/workers/outbox/webhooks.test.ts'],
  },
  {
    name: 'a version of BullMQ that was not tested is accepted',
    file: 'src/lanes/bullmq/version.ts',
    find: 'if (installed !== TESTED_VERSION)',
    replace: 'if (false)',
    tests: ['test/unit/lanes/bullmq/version.test.ts'],
  },
];
