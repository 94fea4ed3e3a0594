/** Three sorts of tests: rules without services, flows on real services, and whole processes. */
import { defineConfig } from 'vitest/config';
import { plantMutant } from './test/mutants/plant.ts';

const onServices = {
  pool: 'forks' as const,
  isolate: false,
  globalSetup: ['./test/support/services/global-setup.ts'],
  hookTimeout: 60_000,
};

/** How long a test waits for what it expects, in ms; TEST_PATIENCE_MS sets another value, as for a quick look at a failure. */
const patience = (ms: number) => ({ TEST_PATIENCE_MS: process.env.TEST_PATIENCE_MS ?? String(ms) });

export default defineConfig({
  test: {
    // A planted fault must neither come out of the cache nor stay in it.
    fsModuleCache: process.env.MUTANT === undefined,
    reporters: ['default', ['json', { outputFile: 'out/report.json' }]],
    projects: [
      {
        extends: true,
        plugins: plantMutant(process.env.MUTANT),
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/deploy/*.test.ts', 'test/tidy*.test.ts'],
          pool: 'threads',
          isolate: false,
          testTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        plugins: plantMutant(process.env.MUTANT),
        test: {
          ...onServices,
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          maxWorkers: 3,
          testTimeout: 60_000,
          env: patience(50_000),
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        plugins: plantMutant(process.env.MUTANT),
        test: {
          ...onServices,
          name: 'system',
          include: ['test/system/**/*.test.ts'],
          // Each file runs up to ten processes: more files at once only make each other wait.
          maxWorkers: 2,
          // A machine that runs other work takes minutes to start processes and admit hundreds of users.
          testTimeout: 600_000,
          hookTimeout: 600_000,
          env: patience(240_000),
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
