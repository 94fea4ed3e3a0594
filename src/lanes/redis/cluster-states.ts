/**
 * A `Cluster` of ioredis 6.0.0 can stay in two states for ever, and an attempt to connect can stay pending for ever. BullMQ's workers
 * wait for their connection: after a node of the cluster had been away, timers no longer ran, and processes did not stop.
 */
import type { Cluster } from 'ioredis';

type Status = Cluster['status'];

const OTHER_STATES: readonly Status[] = [
  'connecting',
  'connect',
  'ready',
  'disconnecting',
  'reconnecting',
  'end',
];

/** Leads a cluster out of these states, and ends such attempts. Call it right after the cluster was made, so that it sees all states. */
export function leaveDeadStates(cluster: Cluster): void {
  keepStateAtLateLosses(cluster);
  endWithoutNodes(cluster);
  connectAtTheLatestWhenReady(cluster);
}

/**
 * The loss of each connection to a node makes a cluster without nodes `close`. The first loss is followed by `reconnecting` or `end`. A
 * later one is followed by nothing, so the cluster keeps the state that it has reached meanwhile.
 */
function keepStateAtLateLosses(cluster: Cluster): void {
  let reached = cluster.status;
  for (const state of OTHER_STATES) {
    cluster.on(state, () => {
      reached = state;
    });
  }
  cluster.on('close', () => {
    process.nextTick(() => {
      if (cluster.status === 'close') cluster.status = reached;
    });
  });
}

/** A cluster that is disconnected ends when it has lost its last node. One that has no node has none to lose. */
function endWithoutNodes(cluster: Cluster): void {
  const disconnect = cluster.disconnect.bind(cluster);
  cluster.disconnect = (reconnect) => {
    const hasNodes = cluster.nodes().length > 0;
    disconnect(reconnect);
    if (hasNodes || reconnect || cluster.status !== 'disconnecting') return;
    cluster.status = 'end';
    process.nextTick(() => {
      // Whoever has disconnected it may connect it again at once.
      if (cluster.status === 'end') cluster.emit('end');
    });
  };
}

/**
 * If a node says that the cluster is down, ioredis gives the attempt to connect up without a word, and makes another one. Whoever
 * waits for an attempt is told when one of them has succeeded, or when the cluster has ended.
 */
function connectAtTheLatestWhenReady(cluster: Cluster): void {
  const waiting = new Set<PromiseWithResolvers<void>>();
  const settle = (how: (each: PromiseWithResolvers<void>) => void) => {
    for (const each of waiting) how(each);
    waiting.clear();
  };
  cluster.on('ready', () => settle(({ resolve }) => resolve()));
  cluster.on('end', () => settle(({ reject }) => reject(new Error('Connection is closed.'))));
  const connect = cluster.connect.bind(cluster);
  cluster.connect = () => {
    const attempt = Promise.withResolvers<void>();
    waiting.add(attempt);
    connect().then(attempt.resolve, (error) => {
      waiting.delete(attempt);
      attempt.reject(error);
    });
    return attempt.promise;
  };
}
