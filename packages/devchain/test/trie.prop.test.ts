import { buildTrie } from '@anchorlog/evm-proof';
import { createMPT } from '@ethereumjs/mpt';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hex } from './world.ts';

// Here and not in evm-proof because the oracle is a dependency of this package.
describe('buildTrie', () => {
  test('has the root and the proofs of another implementation', async () => {
    const entries = fc.uniqueArray(
      fc.record({
        key: fc.uint8Array({ minLength: 1, maxLength: 4 }),
        value: fc.uint8Array({ minLength: 1, maxLength: 60 }),
      }),
      { selector: ({ key }) => hex(key), minLength: 1, maxLength: 80 },
    );
    await fc.assert(
      fc.asyncProperty(entries, fc.nat(), async (all, pick) => {
        const oracle = await createMPT();
        for (const { key, value } of all) await oracle.put(key, value);
        const ours = buildTrie(all);
        expect(hex(ours.root)).toBe(hex(oracle.root()));
        const { key } = all[pick % all.length]!;
        const path = await oracle.findPath(key);
        const nodes = path.stack.map((node) => node.serialize());
        const listed = nodes.filter((node, i) => i === 0 || node.length >= 32);
        expect(ours.prove(key).map(hex)).toEqual(listed.map(hex));
      }),
      { numRuns: 60 },
    );
  });
});
