import { tasks } from 'hardhat';
import { expect, test } from 'vitest';

interface SolidityTest {
  readonly name: string;
  readonly status: string;
  readonly reason?: string;
}
interface SolidityRun {
  readonly suiteResults: readonly {
    readonly id: { readonly name: string };
    readonly testResults: readonly SolidityTest[];
  }[];
}

// Runs contracts/test/*.t.sol; each Solidity test shows as one test here, so that the closing line counts it. Needs built artifacts.
// The task's result is not typed; on failure it stands under `error`.
const run = (await tasks.getTask(['test', 'solidity']).run({ noCompile: true })) as
  | { readonly success: true; readonly value: SolidityRun }
  | { readonly success: false; readonly error: SolidityRun };
const { suiteResults } = run.success ? run.value : run.error;

test('there are Solidity tests', () => {
  expect(suiteResults.length).toBeGreaterThan(0);
});

for (const { id, testResults } of suiteResults) {
  for (const { name, status, reason } of testResults) {
    test(`${id.name} ${name}`, () => {
      expect(reason ?? status).toBe('Success');
    });
  }
}
