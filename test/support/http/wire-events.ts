/** Reads server-sent events as they go over the wire. */
import type { WireEvent } from '../../../src/http/events/wire-event.ts';

/** One event with its data parsed. */
export function readEvent({ bare }: WireEvent) {
  const text = new TextDecoder().decode(bare);
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1];
  return { event: field('event'), id: field('id'), data: JSON.parse(field('data') ?? 'null') };
}
