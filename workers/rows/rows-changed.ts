/** What a handler throws when the batch has not loaded or locked the rows that it needs: the batch is then retried. */

/**
 * Thrown by a handler when another transaction changed rows after the batch had chosen which ones to lock. The batch is
 * rolled back and retried.
 */
export class RowsChanged extends Error {
  override name = 'RowsChanged';
}

/** Thrown when a handler must change areas that the batch has not locked. The batch is retried and locks more areas. */
export class AreaNotLocked extends RowsChanged {
  override name = 'AreaNotLocked';
  readonly areaIds: readonly number[];

  /** @param areaIds the areas, as far as they are known */
  constructor(message: string, areaIds: readonly number[] = []) {
    super(message);
    this.areaIds = areaIds;
  }
}

/** Thrown when other transactions took all seats that the batch had chosen for a command. The batch is retried and chooses again. */
export class SeatsTaken extends RowsChanged {
  override name = 'SeatsTaken';
}
