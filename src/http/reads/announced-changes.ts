/** Which commands change what API processes keep, and when such a command was announced last, through any API process. */
import type { CommandName } from '../../commands/index.ts';
import type { Announcement } from '../../lanes/announcements.ts';

/** What is kept. `queueCounters`: the queues with their draws, how many wait and are active, and whether they have sold out. */
type Kept = 'catalogue' | 'concertQueues' | 'queueCounters' | 'availableSeats' | 'enteredCounts';

/** A payment changes the available seats too: the hold that it pays may have run out, so that its places counted as available. */
const PAYMENT: readonly Kept[] = ['queueCounters', 'availableSeats', 'enteredCounts'];
const CANCELLATION = PAYMENT;
const SALE: readonly Kept[] = ['catalogue', 'queueCounters'];

const CHANGED_BY: Readonly<Record<CommandName, readonly Kept[]>> = {
  'announce-draw': SALE,
  'block-seats': ['queueCounters', 'availableSeats'],
  'book-seat': ['availableSeats'],
  'book-seats': ['availableSeats'],
  'cancel-booking': CANCELLATION,
  'cancel-draw': SALE,
  'cancel-order': CANCELLATION,
  'cancel-order-as-operator': CANCELLATION,
  'cancel-schedule': SALE,
  'charge-points': [],
  'charge-points-as-operator': [],
  'check-in': ['enteredCounts'],
  'checkout-opened': [],
  'close-concert': SALE,
  'close-schedule': SALE,
  'create-concert': ['catalogue'],
  'create-hall': [],
  'create-queue': ['catalogue', 'concertQueues', 'queueCounters'],
  'create-schedule': SALE,
  'edit-concert': ['catalogue'],
  'edit-schedule': SALE,
  'end-cancelled-order': CANCELLATION,
  'end-refund': [],
  'enter-queue': ['queueCounters'],
  'leave-queue': ['queueCounters'],
  'move-draw': SALE,
  'open-gate': [],
  'pay-booking': PAYMENT,
  'pay-order': PAYMENT,
  'place-order': ['availableSeats'],
  'refund-ended': [],
  'register-webhook': [],
  'release-seats': ['queueCounters', 'availableSeats'],
  'remove-webhook': [],
  'reopen-concert': SALE,
  'reopen-schedule': SALE,
  'retry-call': [],
  'retry-cancellation': [],
  'retry-refund': [],
  'save-hall': [],
  // The queues in memory take the new admission from its outcome.
  'set-admission': [],
  'set-concert-image': ['catalogue'],
  'settle-checkout': PAYMENT,
  // Prolongs a hold that may have run out.
  'start-checkout': ['availableSeats'],
  'start-top-up': [],
  'use-points': [],
};

/** Whether one of the commands may have changed it. A newer worker may announce commands that this version does not know. */
export function isChangedBy(kept: Kept, announcements: readonly Announcement[]): boolean {
  return announcements.some(({ name }) => CHANGED_BY[name as CommandName]?.includes(kept));
}

export class AnnouncedChanges {
  readonly #kept: Kept;
  #lastAt = Number.NEGATIVE_INFINITY;

  constructor(kept: Kept) {
    this.#kept = kept;
  }

  onAnnouncements(announcements: readonly Announcement[]): void {
    if (isChangedBy(this.#kept, announcements)) this.note();
  }

  /** Notes a change that no command made. */
  note(): void {
    this.#lastAt = performance.now();
  }

  /** Whether a read may lack a change. @param beganAt when the read began, on the clock of `performance`, in ms */
  mayBeMissingIn(beganAt: number): boolean {
    return beganAt <= this.#lastAt;
  }
}
