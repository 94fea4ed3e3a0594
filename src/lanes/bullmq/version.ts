/** The BullMQ version whose keys and fields our scripts read and write. Any other version must be tested first. */
import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';

/** The version tested with our scripts. docs/upgrading-bullmq.md describes how to raise it. */
export const TESTED_VERSION = '6.7.0';

/** The installed BullMQ is not the tested one. The message says what to do. */
export class UntestedBullmq extends Error {
  constructor(installed: string) {
    super(
      `BullMQ ${installed} is installed, but Seatlane reads and writes BullMQ's keys in Redis and was tested only with ${TESTED_VERSION}. Install that version with \`npm ci\`, or test the new one as described in docs/upgrading-bullmq.md.`,
    );
    this.name = 'UntestedBullmq';
  }
}

/** @throws UntestedBullmq if the installed BullMQ is not the tested version */
export function refuseUntestedBullmq(installed = installedVersion()): void {
  if (installed !== TESTED_VERSION) throw new UntestedBullmq(installed);
}

function installedVersion(): string {
  const path = findPackageJSON('bullmq', import.meta.url);
  return path === undefined ? 'unknown' : JSON.parse(readFileSync(path, 'utf8')).version;
}
