/** The texts of the waiting queue, in English. */
import { s } from './plural.ts';

export const queue = {
  queueTitle: 'Everybody gets their turn',
  queueWhy:
    'Users are admitted in the order in which they joined the queue. There is no need to hurry.',
  joinQueue: 'Join the queue',
  joining: 'Joining the queue…',
  yourPosition: 'Your position',
  ahead: (count: number, shown: string) =>
    count === 0
      ? 'You are next.'
      : `${shown} ${count === 1 ? 'person is' : 'people are'} ahead of you.`,
  ofWaiting: (count: number, shown: string) =>
    `${shown} ${count === 1 ? 'person is' : 'people are'} waiting in all.`,
  takingPart: (count: number, shown: string) =>
    `${shown} ${count === 1 ? 'person takes' : 'people take'} part so far.`,
  aboutToWait: (time: string) => `About ${time} to wait`,
  nearly: 'Any moment now',
  seconds: (count: number) => `${count} second${s(count)}`,
  minutes: (count: number) => `${count} minute${s(count)}`,
  hours: (count: number) => `${count} hour${s(count)}`,

  nextTitle: 'What happens next',
  nextTurn: 'When it is your turn, you can choose your seats here. You have some minutes for that.',
  keepOpen:
    'This page continues by itself. If you close it, you keep your number, but you are only admitted while it is open.',
  pausedTitle: 'No one is admitted at the moment',
  paused: 'Admission is paused for a moment. You will not lose your turn.',
  drawTitle: 'The order is drawn at',
  untilDrawn: (time: string) => `About ${time} until you are admitted, on average`,
  gathering: (at: string) =>
    `Everybody who is here at the draw${at && `, ${at},`} takes part with the same chance. It does not matter who came first.`,
  soldOutTitle: 'All seats are sold at the moment',
  soldOut:
    'Seats that others do not pay for, or give back, become free again. Then admission continues. If none becomes free, your waiting ends.',
  ticket: (number: string, since: string) => `Your number is ${number}, since ${since}.`,
  endedTitle: 'Your waiting has ended',
  waitingEnded: {
    away: 'This page was closed or inactive for too long. You can join again.',
    'sold-out': 'All seats are sold.',
    closed: 'The sale is closed.',
  },
  leaveQueue: 'Leave the queue',
  stillFree: (count: number, shown: string) =>
    `${shown} seat${s(count)} ${count === 1 ? 'is' : 'are'} still free.`,
  noneFree: 'No seat is free.',
  stillHeld: (count: number, shown: string) =>
    `${shown} ${count === 1 ? 'is' : 'are'} held by others who have not paid yet.`,
  positionNews: (position: string, time: string) => `Position ${position}. ${time}.`,
  titleWaiting: (position: string) => `${position} in the queue`,
  backToQueue: 'Back to the queue',
  toSeats: 'Choose your seats',

  alertMe: 'Tell me when it is my turn',
  alertOn: {
    notification: 'You will hear the sound that you have just heard, and see a notification.',
    sound:
      'You will hear the sound that you have just heard. Your browser shows no notifications of this page.',
  },

  turnTitle: 'It is your turn',
  signedOutTitle: 'Sign in again',
  signInAgain: 'Please sign in again, or you will lose your place in the queue.',
  admitted: 'It is your turn. Choose your seats.',
  yourTurn: 'Your turn',
  timeLeft: 'Time left to choose',
  timeToPay: 'Time left to pay',
  bookingOver: 'Your time to choose is over. You can still pay for what you hold.',
  timeLeftNews: (time: string) => `${time} left to choose.`,
  admissionOver: 'Your time is over. Join the queue again for another turn.',
};
