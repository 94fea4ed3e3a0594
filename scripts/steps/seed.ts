/** Adds a demo concert to an empty database: one performance on sale, and one whose sale starts later. */

import { hash } from 'node:crypto';
import { HOUSE_QUEUE } from '../../src/commands/command.ts';
import { openDatabase } from '../../src/db/connection/orm.ts';
import { Area, Concert, ConcertImage, Schedule, Seat } from '../../src/db/entities/index.ts';
import { drawDemoPicture } from './demo-picture.ts';

/** A hall in three price ranges; prices in points. */
const HALL = [
  { section: 'Stalls', rows: 'ABCDEFGHIJ', price: 12_000 },
  { section: 'Circle', rows: 'KLMNOP', price: 8000 },
  { section: 'Balcony', rows: 'QRST', price: 5000 },
];
const STANDING = { name: 'Standing', price: 4000, capacity: 500 };
const SEATS_IN_ROW = 30;
const SEATS_PER_STATEMENT = 300;
const DAY_MS = 86_400_000;

/**
 * @param onProgress called with the number of seats created so far and their total
 * @returns the number of seats created, or undefined if the database already has a concert
 */
export async function seed(
  databaseUrl: string,
  now: Date,
  onProgress: (made: number, total: number) => void = () => {},
): Promise<number | undefined> {
  const settings = { databaseUrl, connectionsMax: 2, applicationName: 'seatlane-seed' };
  const orm = await openDatabase(settings);
  try {
    return await orm.em.fork().transactional(async (em) => {
      if ((await em.count(Concert)) > 0) return undefined;
      const picture = drawDemoPicture();
      const inDays = (days: number) => new Date(now.getTime() + days * DAY_MS);
      const concert = em.create(Concert, {
        title: 'The Winter Gala',
        description: 'Two evenings with the city orchestra.',
        createdAt: now,
        queue: HOUSE_QUEUE,
        venue: 'City Concert Hall, Seoul',
        timeZone: 'Asia/Seoul',
        imageHash: hash('sha256', picture, 'base64url'),
      });
      await em.flush();
      em.create(ConcertImage, {
        concert: concert.id,
        hash: hash('sha256', picture, 'base64url'),
        type: 'image/png',
        bytes: picture,
      });
      const performances = [
        { opens: inDays(-1), closes: inDays(29), starts: inDays(30) },
        { opens: inDays(7), closes: inDays(36), starts: inDays(37) },
      ];
      const ranges = HALL.flatMap(({ rows, ...range }) =>
        [...rows].map((row) => ({ ...range, row })),
      );
      const prices = [...HALL, STANDING].map(({ price }) => price);
      const schedules = performances.map(({ opens, closes, starts }) =>
        em.create(Schedule, {
          concert: concert.id,
          bookingStartAt: opens,
          bookingEndAt: closes,
          startAt: starts,
          endAt: new Date(starts.getTime() + DAY_MS / 8),
          seatCount: ranges.length * SEATS_IN_ROW + STANDING.capacity,
          priceFrom: Math.min(...prices),
          priceTo: Math.max(...prices),
        }),
      );
      await em.flush();
      for (const { id } of schedules) em.create(Area, { ...STANDING, schedule: id });
      await em.flush();
      const seats = schedules.flatMap((schedule) =>
        ranges.flatMap((rangeOfRow, range) =>
          Array.from({ length: SEATS_IN_ROW }, (_, index) => ({
            ...rangeOfRow,
            schedule: schedule.id,
            range,
            number: index + 1,
          })),
        ),
      );
      for (let made = 0; made < seats.length; made += SEATS_PER_STATEMENT) {
        onProgress(made, seats.length);
        await em.insertMany(Seat, seats.slice(made, made + SEATS_PER_STATEMENT));
      }
      return seats.length;
    });
  } finally {
    await orm.close();
  }
}
