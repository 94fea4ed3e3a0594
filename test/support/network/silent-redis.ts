/** A connection to a server that accepts everything and answers nothing. */
import { createServer, type Socket } from 'node:net';
import { pino } from 'pino';
import { connectWithRetries, type RedisConnection } from '../../../src/lanes/redis/redis.ts';

export async function openSilent(): Promise<{ away: RedisConnection; close(): void }> {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => void sockets.push(socket));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as { port: number };
  const away = connectWithRetries(`redis://127.0.0.1:${port}`, pino({ level: 'silent' }));
  const close = () => {
    away.disconnect();
    silent.close();
    for (const socket of sockets) socket.destroy();
  };
  return { away, close };
}
