/**
 * Two states of ioredis 6.0.0's `Cluster` out of which nothing leads. Whoever waits for the connection then waits for ever, as BullMQ's
 * workers did: after a node of the cluster had been away, timers no longer ran, and processes did not stop.
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

/** Leads a cluster out of these states. Call it before anything else listens to the cluster. */
export function leaveDeadStates(cluster: Cluster): void {
  keepStateAtLateLosses(cluster);
  endWithoutNodes(cluster);
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
    process.nextTick(() => cluster.emit('end'));
  };
}
