/** Takes traces where an endpoint is set; where none is, OpenTelemetry is not even loaded. */
import type { TraceSettings, Traces } from './traces.ts';

/** Opens a process's traces, or gives undefined where there is nowhere to send them to. */
export async function openTraces(
  settings: Omit<TraceSettings, 'otlpEndpoint'> & { otlpEndpoint: string | undefined },
): Promise<Traces | undefined> {
  const { otlpEndpoint } = settings;
  if (otlpEndpoint === undefined) return undefined;
  const { Traces } = await import('./traces.ts');
  return new Traces({ ...settings, otlpEndpoint });
}
