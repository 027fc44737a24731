import { defineConfig } from 'vitest/config';

// One run for every package. Two cores: two forks, each with its own embedded stores.
export default defineConfig({
  test: {
    globalSetup: ['test/stores-template.ts'],
    setupFiles: ['test/close-stores.ts', ...(process.env.CI ? ['test/same-seed.ts'] : [])],
    include: ['packages/*/src/**/*.test.ts', 'packages/*/src/**/*.test.tsx', 'test/**/*.test.ts'],
    pool: 'forks',
    // Modules as they were transformed are kept on disk: every file of tests imports nearly all of them.
    experimental: { fsModuleCache: true },
    maxWorkers: 2,
    // Files follow each other in a process that has read the modules once.
    isolate: false,
    execArgv: ['--import', 'tsx'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
