import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@anchorlog/source', 'module', 'node', 'import', 'default'] },
  // Workers of the tests are given these as `--conditions`: with `import` among them even `require` would get modules.
  ssr: { resolve: { conditions: ['@anchorlog/source', 'module', 'node', 'default'] } },
  test: {
    globalSetup: 'test/temporary-folder.ts',
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/*.long.test.ts', '**/node_modules/**'],
    reporters: ['default', './scripts/closing-line.ts'],
    // Two on two cores, where one is the default: much of the time goes to waiting for disks, chains and sockets.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
