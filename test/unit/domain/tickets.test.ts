/** Which gates open, and which tickets let their holder in: each reason in order of precedence. */
import { describe, expect, test } from 'vitest';
import { decideCheckIn, decideOpenGate } from '../../../src/domain/tickets.ts';
import { NOW } from '../../support/builders.ts';
import { provePrecedence } from './rules.ts';

type CheckingIn = Parameters<typeof decideCheckIn>[0];

const checkIn = { bookingId: 3, at: NOW, gate: 'North 2' };
const worst: CheckingIn = {
  ticketId: 3,
  scheduleId: 7,
  booking: { endedAs: 'refunded' },
  order: { state: 'partly-refunded', cancelledAt: NOW, scheduleId: 8 },
  checkIn,
};

describe('a gate', () => {
  const cancelled = { scheduleId: 7, schedule: { cancelledAt: NOW } };
  type Opening = Parameters<typeof decideOpenGate>[0];
  const input: Opening = cancelled;

  provePrecedence(decideOpenGate, { input, reason: 'SCHEDULE_CANCELLED' }, [
    { fixed: 'the cancellation', by: { schedule: undefined }, reason: 'SCHEDULE_NOT_FOUND' },
    { fixed: 'the schedule', by: { schedule: { cancelledAt: null } }, reason: undefined },
  ]);

  test('that is refused names its schedule', () => {
    for (const schedule of [undefined, { cancelledAt: NOW }]) {
      const { refusal } = decideOpenGate({ scheduleId: 7, schedule });
      expect(refusal?.about).toEqual({ scheduleId: 7 });
    }
  });
});

describe('a scan', () => {
  provePrecedence(decideCheckIn, { input: worst, reason: 'TICKET_WRONG_SCHEDULE' }, [
    {
      fixed: 'the schedule',
      by: { order: { state: 'partly-refunded', cancelledAt: NOW, scheduleId: 7 } },
      reason: 'TICKET_REVOKED',
    },
    {
      fixed: 'the refund',
      by: { booking: { endedAs: null } },
      reason: 'TICKET_REVOKED',
    },
    {
      fixed: 'the cancelled performance',
      by: { order: { state: 'partly-refunded', cancelledAt: null, scheduleId: 7 } },
      reason: 'TICKET_ALREADY_USED',
    },
    { fixed: 'the earlier use', by: { checkIn: undefined }, reason: undefined },
  ]);

  const valid: CheckingIn = {
    ...worst,
    booking: { endedAs: null },
    order: { state: 'paid', cancelledAt: null, scheduleId: 7 },
    checkIn: undefined,
  };

  test('of a used ticket says when and where it was used', () => {
    const { refusal } = decideCheckIn({ ...valid, checkIn });
    expect(refusal?.about).toEqual({ ticketId: 3, at: NOW.toISOString(), gate: 'North 2' });
  });

  test('of a ticket for another schedule names that one', () => {
    expect(decideCheckIn({ ...valid, scheduleId: 9 }).refusal?.about).toEqual({ scheduleId: 7 });
  });

  test.each<[string, Partial<CheckingIn>]>([
    ['does not exist', { booking: undefined, order: undefined }],
    ['is held, not paid', { order: { state: 'held', cancelledAt: null, scheduleId: 7 } }],
    [
      'is of a cancelled performance',
      { order: { state: 'paid', cancelledAt: NOW, scheduleId: 7 } },
    ],
    ['has expired', { booking: { endedAs: 'expired' } }],
    ['was cancelled', { booking: { endedAs: 'cancelled' } }],
  ])('of a ticket whose booking %s is refused', (_, change) => {
    expect(decideCheckIn({ ...valid, ...change }).refusal?.code).toBe('TICKET_REVOKED');
  });
});
