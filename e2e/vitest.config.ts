import { defineConfig } from 'vitest/config';

// Journeys in a real browser against a real server: one after the other, in the order they are told.
export default defineConfig({
  test: {
    include: ['e2e/*.test.ts'],
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    sequence: { concurrent: false },
    testTimeout: 120_000,
    hookTimeout: 300_000,
    bail: 1,
  },
});
