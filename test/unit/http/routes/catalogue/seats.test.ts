/** Who may go on reading the stream of a seat map. */
import { expect, test, vi } from 'vitest';
import { type SeatRouteDeps, seatRoutes } from '../../../../../src/http/routes/catalogue/seats.ts';

const open = vi.fn((_c: unknown, _subject: string, _isAllowed?: () => Promise<boolean>) => ({
  respond: () => new Response(),
}));

async function isAllowedOf(entry: object | undefined) {
  const deps = {
    seatMaps: { listen: async () => true },
    eventStreams: { open },
    queueEntries: { isActive: async (asked: object) => asked !== entry },
  };
  const route = seatRoutes(deps as unknown as SeatRouteDeps).find(
    ({ operationId }) => operationId === 'streamSeatChanges',
  );
  const c = { req: { raw: new Request('http://localhost/'), header: () => undefined } };
  const request = { c, caller: { subject: 'ada' }, entry, params: { scheduleId: 1 }, query: {} };
  await route?.handle(request as never);
  return open.mock.lastCall?.[2];
}

test('a buyer as long as their entry is active, and an operator for ever', async () => {
  const isAllowed = await isAllowedOf({ id: 7 });
  expect(await isAllowed?.()).toBe(false);
  expect(await isAllowedOf(undefined)).toBeUndefined();
});
