/** Whatever users and operators do, the line is that of a model: those who waited, those who were drawn, those who came late. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { orderOf } from '../../../../../../scripts/lib/draw-order.ts';
import { seededRandom } from '../../../../../../scripts/simulate/seeded-random.ts';
import { findDrawById } from '../../../../../../src/db/reads/queue/draws.ts';
import { admit } from '../../../../../../workers/timers/queue/admit.ts';
import { findDueDraws } from '../../../../../../workers/timers/queue/draws/due-draws.ts';
import { doNextStep, gathering } from '../../../../../support/services/draws.ts';
import {
  openTestLane,
  ADMISSION_SETTINGS as SETTINGS,
  type TestLane,
} from '../../../../../support/services/test-lane.ts';

const ROUNDS = 6;
const ACTIONS = 40;

/** A waiting user of the model. Times are whole minutes, at which requests are accepted. */
interface Waiting {
  subject: string;
  ticket: number;
  at: number;
  drawn: boolean;
}

interface Announced {
  id: number;
  concertId: number;
  gathersAt: number;
  /** Undefined until its time has come. */
  opensAt?: number;
  /** Who takes part, and the tickets below that of the first user who entered after the close. */
  closed?: { tickets: number[]; below: number };
}

let lane: TestLane;
beforeEach(async () => {
  lane = await openTestLane();
});
afterEach(() => lane.stop());

async function line(): Promise<string[]> {
  const rows = await lane.rows<{ subject: string }>(`select subject
    from queue_entry join app_user on app_user.id = user_id where state = 'waiting' order by number`);
  return rows.map(({ subject }) => subject);
}

test.each(Array.from({ length: ROUNDS }, (_, round) => round + 1))(
  'the line of round %d is that of the model after each draw and each admission',
  async (round) => {
    const random = seededRandom(20_261_200 + round);
    const upTo = (max: number) => Math.floor(random() * (max + 1));
    const start = Date.now() - 24 * 3_600_000;
    const timeOf = (minute: number) => `to_timestamp(${(start + minute * 60_000) / 1000})`;
    let minute = 0;
    let users = 0;
    let waiting: Waiting[] = [];
    let draw: Announced | undefined;
    const isGathering = () => draw !== undefined && draw.gathersAt <= minute;

    async function enter(): Promise<void> {
      users += 1;
      const subject = `user ${users}`;
      const { id } = await lane.result<{ id: number }>(lane.command('enter-queue', { subject }));
      await lane.rows(`update queue_entry set accepted_at = ${timeOf(minute)} where id = ${id}`);
      waiting.push({ subject, ticket: id, at: minute, drawn: false });
    }

    async function leave(): Promise<void> {
      const gone = waiting[upTo(waiting.length - 1)];
      if (!gone) return;
      const acceptedAt = start + minute * 60_000;
      await lane.result(lane.command('leave-queue', { subject: gone.subject, acceptedAt }));
      waiting = waiting.filter((each) => each !== gone);
      // Whoever leaves between the opening and the close takes part all the same.
      if (draw?.opensAt !== undefined && !draw.closed && takesPart(gone, draw)) {
        leftBeforeClose.push(gone.ticket);
      }
    }
    let leftBeforeClose: number[] = [];
    const takesPart = ({ at, drawn }: Waiting, { gathersAt, opensAt = 0 }: Announced) =>
      !drawn && at >= gathersAt && at < opensAt;

    async function announce(): Promise<void> {
      if (draw) return;
      const { concertId } = await lane.schedule();
      draw = { id: await gathering(lane, concertId), concertId, gathersAt: minute + 1 - upTo(4) };
      await lane.rows(
        `update draw set gathers_at = ${timeOf(draw.gathersAt)} where id = ${draw.id}`,
      );
    }

    async function cancel(): Promise<void> {
      if (!draw || draw.opensAt !== undefined || upTo(3) > 0) return;
      const { concertId } = draw;
      await lane.result(lane.command('cancel-draw', { subject: 'op', input: { concertId } }));
      draw = undefined;
    }

    async function open(): Promise<void> {
      if (!draw || draw.opensAt !== undefined || draw.gathersAt >= minute) return;
      draw.opensAt = minute;
      leftBeforeClose = [];
      await lane.rows(`update draw set opens_at = ${timeOf(minute)} where id = ${draw.id}`);
      minute += 1;
    }

    async function step(): Promise<void> {
      const [due] = await findDueDraws(lane.orm);
      const done = await doNextStep(lane, 2);
      if (!draw || !due || !done) return;
      if (due.step === 'close') {
        const now = waiting.filter((each) => takesPart(each, draw as Announced));
        const tickets = [...now.map(({ ticket }) => ticket), ...leftBeforeClose];
        draw.closed = { tickets, below: Number.POSITIVE_INFINITY };
        const [row] = await lane.rows<{ first: number }>(
          `select first_number::int as first from draw where id = ${draw.id}`,
        );
        draw.closed.below = row?.first ?? 0;
        // The clock of the model is another one.
        await lane.rows(`update queue_numbering set draw_closed_at = ${timeOf(minute)}`);
      }
      if (due.step === 'finish') await compareDrawn(draw);
    }

    async function compareDrawn({ id, opensAt = 0, closed }: Announced): Promise<void> {
      const found = await findDrawById(lane.orm, id);
      const { tickets, below } = closed as NonNullable<Announced['closed']>;
      expect(found?.places).toBe(tickets.length);
      const order = orderOf(tickets, found as { seed: string; ticketsHash: string });
      const isLate = ({ at, drawn, ticket }: Waiting) => !drawn && at >= opensAt && ticket < below;
      const isOld = (each: Waiting) =>
        each.ticket < below && !tickets.includes(each.ticket) && !isLate(each);
      const byTicket = new Map(waiting.map((each) => [each.ticket, each]));
      waiting = [
        ...waiting.filter(isOld),
        ...order.flatMap((ticket) => {
          const each = byTicket.get(ticket);
          return each ? [Object.assign(each, { drawn: true })] : [];
        }),
        ...waiting.filter(isLate),
        ...waiting.filter(({ ticket }) => ticket >= below),
      ];
      draw = undefined;
      expect(await line()).toEqual(waiting.map(({ subject }) => subject));
    }

    async function admitSome(): Promise<void> {
      const admitted = await admit(lane.orm, { ...SETTINGS, admitLimit: 1000 });
      if (isGathering()) return expect(admitted).toEqual([]);
      expect(await line()).toEqual([]);
      waiting = [];
    }

    const actions = [enter, enter, enter, enter, leave, announce, cancel, open, step, step, step];
    for (let action = 0; action < ACTIONS; action += 1) {
      if (action % 3 === 0) minute += 1;
      await actions[upTo(actions.length - 1)]?.();
      if (upTo(12) === 0) await admitSome();
    }
    while (draw) {
      minute += 2;
      await (draw.opensAt === undefined ? open() : step());
    }
    expect(await line()).toEqual(waiting.map(({ subject }) => subject));
  },
  60_000,
);
