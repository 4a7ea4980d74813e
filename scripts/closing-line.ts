import type { Reporter, TestModule } from 'vitest/node';

/** Prints one last line that a machine can read, `N passed, N failed`; before it how many were skipped, if any. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) count[test.result().state]++;
      if (module.state() === 'failed' && module.errors().length > 0) count.failed++;
    }
    count.failed += errors.length;
    const { passed, failed, skipped, pending } = count;
    // After the default reporter's own summary, and after pending stdout.
    process.once('exit', () => {
      const left = skipped + pending;
      if (left > 0) process.stdout.write(`${left} skipped\n`);
      process.stdout.write(`${passed} passed, ${failed} failed\n`);
    });
  }
}
