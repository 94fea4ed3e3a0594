/**
 * Two states of ioredis 6.0.0's `Cluster` out of which nothing leads, and an attempt to connect that never ends. Whoever waits for the
 * connection then waits for ever, as BullMQ's workers did: after a node of the cluster had been away, timers no longer ran, and
 * processes did not stop.
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

/** Leads a cluster out of these states, and ends such attempts. Call it before anything else listens to the cluster. */
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
    process.nextTick(() => cluster.emit('end'));
  };
}

/**
 * If a node says that the cluster is down, the attempt to connect is given up without a word, and another one follows. The first one
 * ends with that.
 */
function connectAtTheLatestWhenReady(cluster: Cluster): void {
  const connect = cluster.connect.bind(cluster);
  cluster.connect = () =>
    new Promise((resolve, reject) => {
      const onReady = () => settle(resolve);
      const onEnd = () => settle(() => reject(new Error('Connection is closed.')));
      const settle = (how: () => void) => {
        cluster.off('ready', onReady);
        cluster.off('end', onEnd);
        how();
      };
      cluster.once('ready', onReady);
      cluster.once('end', onEnd);
      connect().then(onReady, (error) => settle(() => reject(error)));
    });
}
