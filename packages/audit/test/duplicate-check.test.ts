import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Findings } from '@anchorlog/audit';
import { DuplicateCheck } from '../src/duplicate-check.ts';

/** Take addresses in order, keeping `limit` rows in memory, and give what was found: index and the first that had its address. */
async function check(addresses: readonly string[], limit: number): Promise<unknown[]> {
  const scratch = await mkdtemp(join(tmpdir(), 'anchorlog-scratch-'));
  const findings = new Findings();
  {
    await using duplicates = new DuplicateCheck(scratch, findings, limit);
    for (const [index, address] of addresses.entries())
      if (duplicates.add(address, index)) await duplicates.spill();
    expect((await readdir(scratch)).length).toBe(addresses.length >= limit ? 1 : 0);
    await duplicates.end();
  }
  expect(await readdir(scratch)).toEqual([]);
  const found = findings.listed.map(({ facts }) => [facts['index'], facts['earlier']] as const);
  return found.toSorted(([a], [b]) => Number(a) - Number(b));
}

function repeats(addresses: readonly string[]): unknown[] {
  return addresses.flatMap((address, index) => {
    const earlier = addresses.indexOf(address);
    return earlier < index ? [[index, earlier]] : [];
  });
}

describe('DuplicateCheck', () => {
  test('finds all repeats and nothing else, however few rows fit into memory', async () => {
    const addresses = fc.array(
      fc.nat({ max: 60 }).map((id) => `org/system/${id}`),
      { maxLength: 90 },
    );
    await fc.assert(
      fc.asyncProperty(addresses, fc.integer({ min: 1, max: 100 }), async (list, limit) => {
        expect(await check(list, limit)).toEqual(repeats(list));
      }),
      { numRuns: 40 },
    );
  });

  test('finds one repeat among many that went to files', async () => {
    const addresses = Array.from({ length: 20_000 }, (_, i) => `org/system/${i}`);
    addresses[19_999] = addresses[3]!;
    expect(await check(addresses, 64)).toEqual([[19_999, 3]]);
  });

  test('ends where all entries have one address', async () => {
    const findings = new Findings();
    const scratch = await mkdtemp(join(tmpdir(), 'anchorlog-scratch-'));
    await using duplicates = new DuplicateCheck(scratch, findings, 8);
    for (let index = 0; index < 100; index++)
      if (duplicates.add('org/system/1', index)) await duplicates.spill();
    await duplicates.end();
    expect(findings.counts).toEqual({ AUDIT_DUPLICATE: 99 });
  });
});
