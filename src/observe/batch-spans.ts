/**
 * The spans of a batch: one for itself, and for each traced command one that goes on with its request's
 * trace. A batch that fails is taken up again by whoever owns the lane then; its spans are never ended, so
 * nothing is sent of them.
 */
import {
  type Context,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';

/** A command as a worker took it, with what it brought along. */
export interface TracedCommand {
  jobId: string;
  name: string;
  accepted: { traceparent?: string | undefined; requestId?: string | undefined };
}

/** A command and its outcome, as far as a span shows it. */
export interface TracedOutcome {
  jobId: string;
  outcome: { state: string };
}

export class BatchSpans {
  readonly #tracer: Tracer;
  readonly #batch: Span;
  readonly #commands: Map<string, { span: Span; context: Context; announcing?: Span }>;

  /** @param size commands in the batch, traced or not */
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

  /** The batch is in the database; its outcomes are being announced. */
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

  /** Whoever waits has been told. */
  announced(): void {
    for (const { span, announcing } of this.#commands.values()) {
      announcing?.end();
      span.end();
    }
  }
}
