/** Exports spans to a collector. If the collector is down, spans are dropped and one line is logged. */
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';

const TIMEOUT_MS = 5000;

export interface ExporterSettings {
  /** The collector's URL for OTLP over HTTP, without `/v1/traces`. */
  otlpEndpoint: string;
  log: Logger;
}

/** Headers and certificates come from the standard OTEL_EXPORTER_OTLP_* variables. */
export function openExporter({ otlpEndpoint, log }: ExporterSettings): SpanExporter {
  const url = `${otlpEndpoint.replace(/\/$/, '')}/v1/traces`;
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: TIMEOUT_MS });
  let isDown = false;
  const logChange = ({ code, error }: ExportResult) => {
    const hasFailed = code !== ExportResultCode.SUCCESS;
    if (hasFailed && !isDown) {
      log.warn(
        { err: error },
        'Spans could not be exported; they are dropped until the collector is back.',
      );
    }
    if (!hasFailed && isDown) log.info('Spans are exported again.');
    isDown = hasFailed;
  };
  return {
    export(spans: ReadableSpan[], done: (result: ExportResult) => void) {
      exporter.export(spans, (result) => {
        logChange(result);
        // The failure is logged once above; the library would log it for every batch.
        done({ code: ExportResultCode.SUCCESS });
      });
    },
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  };
}
