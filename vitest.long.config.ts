import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

// What takes minutes: kill −9 and fuzz loops at full length. Not merged but replaced: merging would keep the exclusion.
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['packages/*/test/**/*.long.test.ts', 'test/**/*.long.test.ts'],
    exclude: ['**/node_modules/**'],
    testTimeout: 3_600_000,
    fileParallelism: false,
  },
});
