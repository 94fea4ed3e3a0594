/** Reads the event stream of a schedule as a buyer, event by event. */
import type { AdmittedUser } from './client.ts';

export interface StreamEvent<Data> {
  name: string;
  /** Missing if the event has none. */
  id: string | undefined;
  data: Data;
}

/** Yields events as they arrive. @param url the address of the stream */
export async function* streamEvents<Data>(
  url: string,
  user: AdmittedUser,
): AsyncGenerator<StreamEvent<Data>, void, undefined> {
  const response = await fetch(url, {
    headers: { Authorization: `Bearer ${user.token}`, 'Queue-Token': user.queueToken },
  });
  const decoder = new TextDecoder();
  let text = '';
  for await (const part of response.body ?? []) {
    text += decoder.decode(part, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() as string;
    for (const block of blocks) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
      const [name = '', data] = [field('event'), field('data')];
      if (data !== undefined) yield { name, id: field('id'), data: JSON.parse(data) };
    }
  }
}
