/** Limits how long an answer of a server is waited for. */

/** The answer did not come in time. What was asked for may still happen. */
export class NoAnswerInTime extends Error {
  constructor(limitMs: number) {
    super(`There was no answer within ${limitMs} ms.`);
    this.name = 'NoAnswerInTime';
  }
}

/** @throws NoAnswerInTime after `limitMs`; before that, what `answer` is rejected with */
export async function inTime<Answer>(answer: Promise<Answer>, limitMs: number): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswerInTime(limitMs)), limitMs);
  });
  try {
    return await Promise.race([answer, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
