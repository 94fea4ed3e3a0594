/**
 * OpenTelemetry traces, from a request through its job to the batch that applies the command.
 *
 *   POST /points/charge → enqueue → charge-points → announce      one trace per request
 *                                        ⇅ links
 *                                      batch                      one trace per batch
 *
 * Contexts are passed explicitly, as parameters and in the job, so no library has to be patched and no asynchronous
 * context has to be tracked (docs/decisions/0023).
 */
import { setTimeout as sleep } from 'node:timers/promises';
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

/** Further links of a batch are dropped, because some collectors refuse large spans. */
const LINKS_MAX = 1000;
/** Spans waiting for export; further ones are dropped. A rush creates thousands of spans per second. */
const PENDING_MAX = 20_000;
const EXPORT_EVERY_MS = 1000;
/** How long a stopping process waits for the export of its last spans. */
const SHUTDOWN_MS_MAX = 2000;

export interface TraceSettings extends ExporterSettings {
  /** `seatlane-api` or `seatlane-worker`. */
  service: string;
  /** The share of traces that is sampled, 0 to 1, unless the caller has already decided. */
  traceShare: number;
}

/** The span of a request, from its arrival to its response. */
export interface RequestSpan {
  /** Starts the span for adding the request's command to its lane. */
  enqueue(job: { jobId: string; lane: string; command: string }): EnqueueSpan;
  end(status: number, ids: { requestId: string; jobId?: string }): void;
}

export interface EnqueueSpan {
  /** Stored in the job, so that the worker can continue the trace. Undefined if the trace is not sampled. */
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
      maxQueueSize: PENDING_MAX,
      scheduledDelayMillis: EXPORT_EVERY_MS,
    });
    this.#provider = new TracerProvider({
      resource: defaultResource().merge(given).merge(named),
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(traceShare) }),
      spanLimits: { linkCountLimit: LINKS_MAX },
      spanProcessors: [processor],
    });
    this.#tracer = this.#provider.getTracer('seatlane', version);
  }

  /** Starts the span of a request. @param traceparent the client's header; it may be invalid */
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

  /** Starts the spans of a batch. @returns undefined if none of its commands is traced */
  batch(commands: readonly TracedCommand[]): BatchSpans | undefined {
    const traced = commands.flatMap((command) => {
      const { traceparent } = command.accepted;
      return traceparent === undefined ? [] : [{ command, parent: contextOf(traceparent) }];
    });
    return traced.length === 0 ? undefined : new BatchSpans(this.#tracer, traced, commands.length);
  }

  /** Exports the remaining spans, for at most two seconds. */
  async close(): Promise<void> {
    const timeout = sleep(SHUTDOWN_MS_MAX, undefined, { ref: false });
    await Promise.race([this.#provider.shutdown(), timeout]);
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

/** The context of a traceparent header, or the root context if it is missing or invalid. */
function contextOf(traceparent: string | undefined): Context {
  if (traceparent === undefined) return ROOT_CONTEXT;
  return propagator.extract(ROOT_CONTEXT, { traceparent }, defaultTextMapGetter);
}

/** The traceparent with which the worker continues the trace; undefined if the span is not sampled. */
function traceparentOf(span: Span): string | undefined {
  const context = span.spanContext();
  const isSampled = isSpanContextValid(context) && (context.traceFlags & TraceFlags.SAMPLED) !== 0;
  if (!isSampled) return undefined;
  const carrier: { traceparent?: string } = {};
  propagator.inject(trace.setSpan(ROOT_CONTEXT, span), carrier, defaultTextMapSetter);
  return carrier.traceparent;
}
