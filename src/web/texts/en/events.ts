/** The texts of concerts and their dates, in English. */
import { s } from './plural.ts';

export const events = {
  noConcerts: 'There are no concerts yet. Please check again soon.',
  noneFound: 'No concert matches your search.',
  found: (count: string) => `${count} found.`,
  chooseConcert: 'Concerts',
  moreConcerts: 'Show more',
  laterDates: 'Show later dates',
  search: 'Search by title or place',
  fromDay: 'From',
  toDay: 'To',
  moreDates: (count: number) => `and ${count} more date${s(count)}`,
  pointsBetween: (from: string, to: string) => `${from} to ${to} points`,

  saleOpen: 'On sale now',
  saleOpens: (time: string) => `Sale opens ${time}`,
  saleEnded: 'The sale has ended.',
  saleClosed: 'No more tickets are sold.',
  performanceCancelled: 'Cancelled',
  byQueue: 'In the order of the queue',
  byDraw: (time: string) => `The order is drawn ${time}`,
  days: (count: number) => `${count} day${s(count)}`,

  dates: 'Dates',
  chooseDate: 'Choose a date',
  otherDates: 'Other dates',
  noDates: 'No date can be booked at the moment.',
  available: (count: string, all: string) => `${count} of ${all} free`,
  none: 'Sold out',
};
