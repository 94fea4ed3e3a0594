/** A collector of traces: takes OTLP over HTTP as JSON, and keeps the spans. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as it arrived, with its attributes as a plain record. */
export interface ReceivedSpan {
  service: string;
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  links: { traceId: string; spanId: string }[];
  attributes: Record<string, unknown>;
}

export interface OtlpReceiver {
  endpoint: string;
  spans: ReceivedSpan[];
  stop(): void;
}

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    if (request.url === '/v1/traces') {
      receiver.spans.push(...spansIn(JSON.parse(Buffer.concat(parts).toString())));
    }
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const receiver: OtlpReceiver = {
    endpoint: `http://127.0.0.1:${port}`,
    spans: [],
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
  return receiver;
}

function spansIn(message: any): ReceivedSpan[] {
  return message.resourceSpans.flatMap(({ resource, scopeSpans }: any) => {
    const service = recordOf(resource.attributes)['service.name'] as string;
    return scopeSpans.flatMap(({ spans }: any) =>
      spans.map((span: any) => ({
        service,
        name: span.name,
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId || undefined,
        links: span.links ?? [],
        attributes: recordOf(span.attributes),
      })),
    );
  });
}

function recordOf(attributes: any[] = []): Record<string, unknown> {
  const attributeValue = (value: any) =>
    value.stringValue ?? Number(value.intValue ?? value.doubleValue);
  return Object.fromEntries(attributes.map(({ key, value }) => [key, attributeValue(value)]));
}
