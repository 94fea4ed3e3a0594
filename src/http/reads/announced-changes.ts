/** Notes when commands that change what is kept were announced last, through any API process. */
import type { Announcement } from '../../lanes/announcements.ts';

export class AnnouncedChanges {
  readonly #commands: ReadonlySet<string>;
  #lastAt = Number.NEGATIVE_INFINITY;

  /** @param commands the names of the commands that change it */
  constructor(commands: Iterable<string>) {
    this.#commands = new Set(commands);
  }

  onAnnouncements(announcements: readonly Announcement[]): void {
    if (announcements.some(({ name }) => this.#commands.has(name))) this.note();
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
