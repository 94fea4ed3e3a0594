/** The version of BullMQ whose keys and fields our scripts read and write. Another one has to be tested first. */
import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';

/** The version that the tests of the seam have passed with. docs/upgrading-bullmq.md says how to raise it. */
export const TESTED_VERSION = '6.7.0';

/** The installed BullMQ is not the tested one. The message says what to do. */
export class UntestedBullmq extends Error {
  constructor(installed: string) {
    super(
      `BullMQ ${installed} is installed, but the lanes read and write its keys in Redis and were tested with ${TESTED_VERSION} only. Install that version with \`npm ci\`, or test the new one as docs/upgrading-bullmq.md says.`,
    );
    this.name = 'UntestedBullmq';
  }
}

/** @throws UntestedBullmq where another version of BullMQ is installed than the one that was tested */
export function refuseUntestedBullmq(installed = installedVersion()): void {
  if (installed !== TESTED_VERSION) throw new UntestedBullmq(installed);
}

function installedVersion(): string {
  const path = findPackageJSON('bullmq', import.meta.url);
  return path === undefined ? 'unknown' : JSON.parse(readFileSync(path, 'utf8')).version;
}
