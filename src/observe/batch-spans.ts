/**
 * The spans of a batch: one for the batch, and one for each traced command, which continues the trace of its request. A
 * failed batch is retried with new spans; its own spans are never ended, so they are never exported.
 */
import {
  type Context,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';

/** A command of a batch, with the ids that its spans need. */
export interface TracedCommand {
  jobId: string;
  name: string;
  accepted: { traceparent?: string | undefined; requestId?: string | undefined };
}

/** The part of an outcome that a span shows. */
export interface TracedOutcome {
  jobId: string;
  outcome: { state: string };
}

export class BatchSpans {
  readonly #tracer: Tracer;
  readonly #batch: Span;
  readonly #commands: Map<string, { span: Span; context: Context; announcing?: Span }>;

  /** @param size the number of commands in the batch, including untraced ones */
  constructor(
    tracer: Tracer,
    traced: readonly { command: TracedCommand; parent: Context }[],
    size: number,
  ) {
    this.#tracer = tracer;
    const links = traced.flatMap(({ parent }) => {
      const context = trace.getSpanContext(parent);
      return context ? [{ context }] : [];
    });
    const attributes = { 'seatlane.batch_commands': size };
    this.#batch = tracer.startSpan('batch', { root: true, links, attributes });
    const link = { context: this.#batch.spanContext() };
    this.#commands = new Map(
      traced.map(({ command: { jobId, name, accepted }, parent }) => {
        const attributes = {
          'seatlane.job_id': jobId,
          'seatlane.command': name,
          ...(accepted.requestId && { 'seatlane.request_id': accepted.requestId }),
        };
        const options = { kind: SpanKind.CONSUMER, links: [link], attributes };
        const span = tracer.startSpan(name, options, parent);
        return [jobId, { span, context: trace.setSpan(parent, span) }];
      }),
    );
  }

  /** Ends the span of the batch after its commit, and starts one for the announcement of each outcome. */
  committed(outcomes: readonly TracedOutcome[]): void {
    this.#batch.end();
    for (const { jobId, outcome } of outcomes) {
      const command = this.#commands.get(jobId);
      if (!command) continue;
      command.span.setAttribute('seatlane.outcome', outcome.state);
      if (outcome.state === 'failed') command.span.setStatus({ code: SpanStatusCode.ERROR });
      const options = { kind: SpanKind.PRODUCER };
      command.announcing = this.#tracer.startSpan('announce', options, command.context);
    }
  }

  /** Ends the spans of the commands after their outcomes were announced. */
  announced(): void {
    for (const { span, announcing } of this.#commands.values()) {
      announcing?.end();
      span.end();
    }
  }
}
