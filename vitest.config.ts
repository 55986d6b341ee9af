import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// Groups run one after the other, the fast ones first, so that a broken formula is reported within seconds.
const project = (name: string, groupOrder: number, include: string[], testTimeout: number) => ({
  test: {
    // Hooks start what the tests use, and wait for it as long.
    ...{ name, include, testTimeout, hookTimeout: testTimeout, sequence: { groupOrder } },
    // Most tests wait for one process: with a single worker, half of a machine of two cores would idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Tests start hundreds of processes, each of which would turn the same TypeScript into JavaScript again.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/node') },
  },
});

export default defineConfig({
  test: {
    projects: [
      project(
        'unit',
        1,
        ['{core,native,main,preload,renderer}/**/*.test.ts', 'test/{lint,bench}/**/*.test.ts'],
        20_000,
      ),
      project('native', 2, ['test/{golden,native}/**/*.test.ts'], 120_000),
      project('integration', 3, ['test/integration/**/*.test.ts'], 120_000),
      {
        test: {
          ...project('studio', 4, ['test/studio/**/*.test.ts'], 180_000).test,
          globalSetup: 'test/studio/host/build-once.ts',
        },
      },
    ],
  },
});
