/**
 * Traces for OpenTelemetry: from a request over its command's job to the batch that carries it out.
 *
 *   POST /points/charge → enqueue → charge-points → announce      one trace a request
 *                                        ⇅ links
 *                                      batch                      one trace a batch
 *
 * Contexts are handed on by hand, as parameters and in the job: nothing is patched, and nothing has to
 * follow asynchronous calls (docs/decisions/0023).
 */
import {
  type Context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { version } from '../runtime/version.ts';
import { BatchSpans, type TracedCommand } from './batch-spans.ts';
import { type ExporterSettings, openExporter } from './trace-exporter.ts';

/** More links of a batch are dropped: some collectors refuse spans that are too large. */
const LINKS_MAX = 1000;
/** Spans that wait to be sent; more are dropped. A rush makes thousands in a second. */
const UNSENT_MAX = 20_000;
const SEND_EVERY_MS = 1000;
/** How long a process that stops waits for its last spans to be taken, in ms. */
const FAREWELL_MS = 2000;

export interface TraceSettings extends ExporterSettings {
  /** `seatlane-api` or `seatlane-worker`. */
  service: string;
  /** The part of the traces that is taken, 0 to 1, where the caller has not decided already. */
  traceShare: number;
}

/** A request's span, from its arrival to its answer. */
export interface RequestSpan {
  /** Begins the span of putting the request's command into its lane. */
  enqueue(job: { jobId: string; lane: string; command: string }): EnqueueSpan;
  end(status: number, ids: { requestId: string; jobId?: string }): void;
}

export interface EnqueueSpan {
  /** Travels with the job. */
  traceparent: string | undefined;
  end(error?: unknown): void;
}

const propagator = new W3CTraceContextPropagator();

export class Traces {
  readonly #provider: TracerProvider;
  readonly #tracer: Tracer;

  constructor(settings: TraceSettings) {
    const { service, traceShare } = settings;
    const named = resourceFromAttributes({ 'service.name': service, 'service.version': version });
    const given = detectResources({ detectors: [envDetector] });
    const processor = new BatchSpanProcessor({
      exporter: openExporter(settings),
      maxQueueSize: UNSENT_MAX,
      scheduledDelayMillis: SEND_EVERY_MS,
    });
    this.#provider = new TracerProvider({
      resource: defaultResource().merge(given).merge(named),
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(traceShare) }),
      spanLimits: { linkCountLimit: LINKS_MAX },
      spanProcessors: [processor],
    });
    this.#tracer = this.#provider.getTracer('seatlane', version);
  }

  /** Begins a request's span. @param traceparent what the client sent, whatever that is */
  request(
    { method, path }: { method: string; path: string },
    traceparent: string | undefined,
  ): RequestSpan {
    const attributes = { 'http.request.method': method, 'http.route': path };
    const parent = contextOf(traceparent);
    const kind = SpanKind.SERVER;
    const span = this.#tracer.startSpan(`${method} ${path}`, { kind, attributes }, parent);
    return {
      enqueue: (job) => this.#enqueue(span, job),
      end(status, { requestId, jobId }) {
        span.setAttribute('http.response.status_code', status);
        span.setAttribute('seatlane.request_id', requestId);
        if (jobId !== undefined) span.setAttribute('seatlane.job_id', jobId);
        if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      },
    };
  }

  /** Begins the spans of a batch; undefined where none of its commands is traced. */
  batch(commands: readonly TracedCommand[]): BatchSpans | undefined {
    const traced = commands.flatMap((command) => {
      const { traceparent } = command.accepted;
      return traceparent === undefined ? [] : [{ command, parent: contextOf(traceparent) }];
    });
    return traced.length === 0 ? undefined : new BatchSpans(this.#tracer, traced, commands.length);
  }

  /** Sends what is left, as far as it is taken in time. */
  async close(): Promise<void> {
    const late = new Promise((resolve) => setTimeout(resolve, FAREWELL_MS).unref());
    await Promise.race([this.#provider.shutdown(), late]);
  }

  #enqueue(
    request: Span,
    { jobId, lane, command }: Parameters<RequestSpan['enqueue']>[0],
  ): EnqueueSpan {
    const attributes = {
      'seatlane.job_id': jobId,
      'seatlane.lane': lane,
      'seatlane.command': command,
    };
    const parent = trace.setSpan(ROOT_CONTEXT, request);
    const kind = SpanKind.PRODUCER;
    const span = this.#tracer.startSpan('enqueue', { kind, attributes }, parent);
    return {
      traceparent: traceparentOf(span),
      end(error) {
        if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      },
    };
  }
}

/** A context from outside, or none where the text is no traceparent. */
function contextOf(traceparent: string | undefined): Context {
  if (traceparent === undefined) return ROOT_CONTEXT;
  return propagator.extract(ROOT_CONTEXT, { traceparent }, defaultTextMapGetter);
}

/** What the worker goes on with; a span that is not taken needs nothing to be carried along. */
function traceparentOf(span: Span): string | undefined {
  const context = span.spanContext();
  const isTaken = isSpanContextValid(context) && (context.traceFlags & TraceFlags.SAMPLED) !== 0;
  if (!isTaken) return undefined;
  const carrier: { traceparent?: string } = {};
  propagator.inject(trace.setSpan(ROOT_CONTEXT, span), carrier, defaultTextMapSetter);
  return carrier.traceparent;
}
