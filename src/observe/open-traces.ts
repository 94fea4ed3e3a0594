/** Enables tracing if an endpoint is configured; otherwise OpenTelemetry is not even loaded. */
import type { TraceSettings, Traces } from './traces.ts';

/** @returns the traces of the process, or undefined if no endpoint is configured */
export async function openTraces(
  settings: Omit<TraceSettings, 'otlpEndpoint'> & { otlpEndpoint: string | undefined },
): Promise<Traces | undefined> {
  const { otlpEndpoint } = settings;
  if (otlpEndpoint === undefined) return undefined;
  const { Traces } = await import('./traces.ts');
  return new Traces({ ...settings, otlpEndpoint });
}
