/** Sends spans to a collector; one that is away costs spans, a line in the log, and nothing else. */
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';

const TIMEOUT_MS = 5000;

export interface ExporterSettings {
  /** Where OTLP over HTTP is taken, without `/v1/traces`. */
  otlpEndpoint: string;
  log: Logger;
}

/** Opens the exporter. Headers and certificates come from the standard OTEL_EXPORTER_OTLP_* variables. */
export function openExporter({ otlpEndpoint, log }: ExporterSettings): SpanExporter {
  const url = `${otlpEndpoint.replace(/\/$/, '')}/v1/traces`;
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: TIMEOUT_MS });
  let isDown = false;
  const note = ({ code, error }: ExportResult) => {
    const isLost = code !== ExportResultCode.SUCCESS;
    if (isLost && !isDown) {
      log.warn({ err: error }, 'Traces could not be sent; they are dropped until they can.');
    }
    if (!isLost && isDown) log.info('Traces are taken again.');
    isDown = isLost;
  };
  return {
    export(spans: ReadableSpan[], done: (result: ExportResult) => void) {
      exporter.export(spans, (result) => {
        note(result);
        // Said once above; the library would say it at every batch.
        done({ code: ExportResultCode.SUCCESS });
      });
    },
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  };
}
