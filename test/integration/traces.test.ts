/** Traces from the request over the job to the batch, as a collector receives them. */
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type OtlpReceiver,
  type ReceivedSpan,
  startOtlpReceiver,
} from '../support/network/otlp-receiver.ts';
import { startSeatlane, type TestSeatlane } from '../support/services/seatlane.ts';
import { waitFor } from '../support/wait-for.ts';

let collector: OtlpReceiver;
let seatlane: TestSeatlane;
let token: string;

beforeAll(async () => {
  collector = await startOtlpReceiver();
  const settings = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint };
  seatlane = await startSeatlane({ settings });
  token = await seatlane.client.tokenFor('grace-hopper');
});
afterAll(async () => {
  await seatlane.stop();
  collector.stop();
});

const charge = (headers: Record<string, string> = {}, amount: unknown = 5) =>
  seatlane.client.command('POST', '/points/charge', { token, headers, body: { amount } });

const spansOf = (traceId: string) => collector.spans.filter((span) => span.traceId === traceId);
const has = (spans: readonly ReceivedSpan[], name: string) =>
  spans.some((span) => span.name === name);

function one(spans: readonly ReceivedSpan[], name: string): ReceivedSpan {
  const [found, ...others] = spans.filter((span) => span.name === name);
  if (!found || others.length > 0) throw new Error(`There is not one span ${name}.`);
  return found;
}
const idsOf = ({ traceId, spanId }: { traceId: string; spanId: string }) => ({ traceId, spanId });

/** The whole trace of a command, once it has arrived. */
function traceOf(jobId: string): Promise<ReceivedSpan[]> {
  return waitFor('the trace has arrived', () => {
    const request = collector.spans.find(
      ({ name, attributes }) =>
        name === 'POST /points/charge' && attributes['seatlane.job_id'] === jobId,
    );
    const spans = request ? spansOf(request.traceId) : [];
    return has(spans, 'announce') && spans;
  });
}

test('one request is one trace: request, enqueue, the command in its batch, announce', async () => {
  const { body } = await charge({ 'X-Request-Id': 'a-request' });
  const spans = await traceOf(body.id);
  expect(spans.map(({ service, name }) => `${service}: ${name}`).toSorted()).toEqual([
    'seatlane-api: POST /points/charge',
    'seatlane-api: enqueue',
    'seatlane-worker: announce',
    'seatlane-worker: charge-points',
  ]);
  const [request, enqueue, command, announce] = [
    one(spans, 'POST /points/charge'),
    one(spans, 'enqueue'),
    one(spans, 'charge-points'),
    one(spans, 'announce'),
  ];
  expect(request.parentSpanId).toBeUndefined();
  expect(enqueue.parentSpanId).toBe(request.spanId);
  expect(command.parentSpanId).toBe(enqueue.spanId);
  expect(announce.parentSpanId).toBe(command.spanId);
  expect(request.attributes).toEqual({
    'http.request.method': 'POST',
    'http.route': '/points/charge',
    'http.response.status_code': 200,
    'seatlane.request_id': 'a-request',
    'seatlane.job_id': body.id,
  });
  expect(command.attributes).toEqual({
    'seatlane.command': 'charge-points',
    'seatlane.request_id': 'a-request',
    'seatlane.job_id': body.id,
    'seatlane.outcome': 'succeeded',
  });
});

test('a batch has its own trace, which is linked with the traces of its commands in both directions', async () => {
  const { body } = await charge();
  const spans = await traceOf(body.id);
  const command = one(spans, 'charge-points');
  const enqueue = one(spans, 'enqueue');
  const [link] = command.links;
  const batch = await waitFor('the batch has arrived', () =>
    collector.spans.find(({ spanId }) => spanId === link?.spanId),
  );
  expect(batch.name).toBe('batch');
  expect(batch.parentSpanId).toBeUndefined();
  expect(batch.links.map(idsOf)).toContainEqual(idsOf(enqueue));
});

test('the trace of a client is continued', async () => {
  const [traceId, spanId] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];
  await charge({ traceparent: `00-${traceId}-${spanId}-01` });
  const spans = await waitFor('the trace has arrived', () => {
    const found = spansOf(traceId);
    return has(found, 'announce') && found;
  });
  expect(one(spans, 'POST /points/charge').parentSpanId).toBe(spanId);
});

test('a trace that the client does not sample is not sampled in either process', async () => {
  const traceId = '5bf92f3577b34da6a3ce929d0e0e4736';
  await charge({ traceparent: `00-${traceId}-00f067aa0ba902b7-00` });
  const { body } = await charge();
  await traceOf(body.id);
  expect(spansOf(traceId)).toEqual([]);
});

test.each([
  ['empty', ''],
  ['malformed', 'nonsense'],
  ['without an id', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`],
  ['far too long', 'x'.repeat(5000)],
])('a traceparent that is %s begins a trace of our own', async (_what, traceparent) => {
  const { status, body } = await charge({ traceparent });
  expect(status).toBe(200);
  const spans = await traceOf(body.id);
  expect(one(spans, 'POST /points/charge').parentSpanId).toBeUndefined();
});

test('a refused request is a trace with one span; probes and scrapes have no trace', async () => {
  await seatlane.client.request('GET', '/health/live');
  await seatlane.client.request('GET', '/metrics');
  const { headers } = await charge({ 'X-Request-Id': 'refused' }, -5);
  expect(headers.get('x-request-id')).toBe('refused');
  const request = await waitFor('its span has arrived', () =>
    collector.spans.find(({ attributes }) => attributes['seatlane.request_id'] === 'refused'),
  );
  expect(request.attributes['http.response.status_code']).toBe(400);
  expect(spansOf(request.traceId)).toHaveLength(1);
  expect(collector.spans.filter(({ name }) => /health|metrics/.test(name))).toEqual([]);
});

test('no span contains a subject or a token', () => {
  const said = JSON.stringify(collector.spans);
  expect(said).not.toContain('grace-hopper');
  expect(said).not.toContain(token);
});

test('with a share of 0 only traces that a client samples are sampled', async () => {
  const settings = {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
    OTEL_TRACES_SAMPLER_ARG: '0',
  };
  const other = await startSeatlane({ settings, services: seatlane.services, workers: 0 });
  const before = collector.spans.length;
  const traceId = '6bf92f3577b34da6a3ce929d0e0e4736';
  const read = (headers: Record<string, string>) =>
    other.client.request('GET', '/points/history', { token, headers });
  await read({});
  await read({ traceparent: `00-${traceId}-00f067aa0ba902b7-01` });
  await read({});
  await other.stop();
  const fresh = collector.spans.slice(before).filter(({ name }) => name.includes('history'));
  expect(fresh.map((span) => span.traceId)).toEqual([traceId]);
});

test('a collector that is down delays no request, and is logged once', async () => {
  const lines: { msg: string }[] = [];
  const log = pino({}, { write: (line) => lines.push(JSON.parse(line)) });
  const settings = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' };
  const other = await startSeatlane({ settings, log, workers: 0 });
  const isExportFailure = ({ msg }: { msg: string }) =>
    msg.startsWith('Spans could not be exported');
  await waitFor(
    'the log says so',
    async () => {
      expect((await other.client.request('GET', '/concerts')).status).toBe(200);
      return lines.some(isExportFailure);
    },
    20_000,
  );
  await other.stop();
  expect(lines.filter(isExportFailure)).toHaveLength(1);
});
