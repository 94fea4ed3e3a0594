/** The module k6/http, as far as the scripts of deploy/k6 use it. `connect` must be called before the first request. */
import type { IncomingHttpHeaders } from 'node:http';
import { LoadClient } from '../../http-client.ts';
import { Counter, Rate, Trend } from './metrics.ts';

const duration = new Trend('http_req_duration', true);
const failed = new Rate('http_req_failed');
const requests = new Counter('http_reqs');

type Statuses = number | { min: number; max: number };
interface Params {
  headers?: Record<string, string>;
}

interface Response {
  /** 0 if there was no response. */
  status: number;
  body: string;
  headers: Record<string, string>;
  timings: { duration: number };
  json(): unknown;
}

const clients = new Map<string, LoadClient>();
let connections = 0;
let expected: readonly Statuses[] = [{ min: 200, max: 399 }];

/** @param most connections to one address */
export function connect(most: number): void {
  connections = most;
}

export function disconnect(): void {
  for (const client of clients.values()) client.close();
  clients.clear();
}

/** Clients by port: everything runs on this machine. */
function clientOf({ hostname, port }: URL): LoadClient {
  if (hostname !== '127.0.0.1') throw new Error(`${hostname} is not this machine.`);
  const client = clients.get(port) ?? new LoadClient(Number(port), connections);
  clients.set(port, client);
  return client;
}

async function asyncRequest(
  method: string,
  url: string,
  body?: string | null,
  { headers = {} }: Params = {},
): Promise<Response> {
  const target = new URL(url);
  const path = target.pathname + target.search;
  const started = performance.now();
  const response = await clientOf(target)
    .send({ method, path, headers, ...(body && { body }) })
    .catch(() => ({ status: 0, text: '', headers: {}, ms: performance.now() - started }));
  requests.add(1);
  duration.add(response.ms);
  failed.add(!expected.some((statuses) => includes(statuses, response.status)));
  return {
    status: response.status,
    body: response.text,
    headers: canonical(response.headers),
    timings: { duration: response.ms },
    json: () => JSON.parse(response.text),
  };
}

function includes(statuses: Statuses, status: number): boolean {
  if (typeof statuses === 'number') return statuses === status;
  return status >= statuses.min && status <= statuses.max;
}

/** Header names as Go's net/http writes them, such as `Retry-After`. */
function canonical(headers: IncomingHttpHeaders): Record<string, string> {
  const capitals = (name: string) => name.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase());
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [capitals(name), String(value)]),
  );
}

export default {
  asyncRequest,
  expectedStatuses: (...statuses: Statuses[]) => statuses,
  setResponseCallback(statuses: readonly Statuses[]) {
    expected = statuses;
  },
};
