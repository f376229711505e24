import { defineConfig } from 'vitest/config';

/** What each suite needs: `node` needs Node alone; scripts/test.js says where the others are run. */
const suites = {
  node: ['packages/*/test/**/*.test.ts', 'test/node/**/*.test.ts', 'test/command-line/**/*.test.ts'],
  browser: ['test/browser/**/*.test.ts'],
  python: ['test/python/**/*.test.ts'],
  packed: ['test/packed/**/*.test.ts'],
};

export default defineConfig({
  test: {
    projects: Object.entries(suites).map(([name, include]) => ({
      test: { name, include, testTimeout: 120_000, hookTimeout: 120_000 },
    })),
  },
});
