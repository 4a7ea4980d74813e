import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { formatHex } from '@anchorlog/core';
import { randomOf } from '@anchorlog/testkit';
import { verifyIndexProof } from '@anchorlog/vindex';
import { describe, expect, test } from 'vitest';
import { naiveProve } from '../../../vectors/generate/naive-index.ts';
import { refusal } from '../../../test/refusal.ts';
import type { IndexKeeper } from '../src/index-keeper.ts';
import { hasher, leavesAt, openIndex, pathOf, rootAt, SMALL } from './support/index-feed.ts';

const rootsBySize = new Map<number, string>();
function expectedRoot(size: number): string {
  const root = rootsBySize.get(size) ?? rootAt(size);
  rootsBySize.set(size, root);
  return root;
}

const all = { from: 0, limit: Number.MAX_SAFE_INTEGER };

/** Give the code that something is refused with, or 'accepted'. */
async function refusalOf(result: Promise<unknown>): Promise<string> {
  const settled = await result.then(
    () => () => undefined,
    (error: unknown) => () => {
      throw error;
    },
  );
  return refusal(settled);
}

async function inFolder(work: (dir: string) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'anchorlog-index-'));
  try {
    await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Hold the proofs of some keys at a head against the reference. */
async function checkProofs(keeper: IndexKeeper, size: number): Promise<void> {
  const leaves = leavesAt(size);
  const indexRoot = await keeper.commit(size);
  for (const key of ['hot', 'few 13', `two ${Math.floor(size / 3)}`, 'none']) {
    const path = pathOf(key);
    const proof = await keeper.prove({ path, size });
    expect(formatHex(proof)).toBe(naiveProve(leaves, Buffer.from(path), all).toString('hex'));
    const answer = verifyIndexProof({ head: { size, indexRoot }, path, proof }, hasher);
    expect(keeper.count(path, size)).toBe(answer.count);
  }
}

async function segmentsIn(dir: string): Promise<string[]> {
  return (await readdir(dir)).filter((name) => name.startsWith('segment-')).toSorted();
}

/** Commit the sizes one after the other, keep the newest two heads, and let all that is to be written be written. */
async function build(dir: string, sizes: readonly number[], of: number): Promise<void> {
  const keeper = await openIndex(dir, of);
  for (const size of sizes) {
    await keeper.commit(size);
    await keeper.keep(keeper.heads.slice(-2));
  }
  await keeper.close();
}

describe('IndexKeeper', () => {
  test('has the roots and proofs of the reference at all heads that it keeps, while it writes segments and doubles buckets', () =>
    inFolder(async (dir) => {
      const keeper = await openIndex(dir, 3000);
      for (const size of [1, 300, 700, 701, 1500]) {
        expect(formatHex(await keeper.commit(size))).toBe(expectedRoot(size));
        expect(formatHex(await keeper.commit(size))).toBe(expectedRoot(size));
      }
      for (const size of [300, 700, 701, 1500]) await checkProofs(keeper, size);
      await keeper.keep([700]);
      expect(keeper.heads).toEqual([700, 701, 1500]);
      expect(formatHex(await keeper.commit(3000))).toBe(expectedRoot(3000));
      for (const size of keeper.heads) await checkProofs(keeper, size);
      await keeper.close();
      expect((await segmentsIn(dir)).length).toBeGreaterThan(40);
    }));

  test('goes on after it was closed, with the heads that it kept', () =>
    inFolder(async (dir) => {
      const first = await openIndex(dir, 2500);
      for (const size of [400, 900, 1400, 1900]) await first.commit(size);
      await first.keep([900, 1400]);
      await first.close();
      const second = await openIndex(dir, 2500);
      expect(second.heads).toEqual([900, 1400, 1900]);
      for (const size of second.heads) await checkProofs(second, size);
      expect(formatHex(await second.commit(2500))).toBe(expectedRoot(2500));
      await second.close();
    }));

  test('gives the same root from nothing as from where it was', () =>
    inFolder(async (dir) => {
      await build(join(dir, 'a'), [100, 1000, 1700, 2400], 2400);
      await build(join(dir, 'b'), [2400], 2400);
      const [a, b] = [await openIndex(join(dir, 'a'), 2600), await openIndex(join(dir, 'b'), 2600)];
      expect(formatHex(await a.commit(2600))).toBe(expectedRoot(2600));
      expect(await b.commit(2600)).toEqual(await a.commit(2600));
      await a.close();
      await b.close();
    }));

  test('makes again what is damaged, gone, or older than the rest', () =>
    inFolder(async (dir) => {
      const sizes = Array.from({ length: 12 }, (_, i) => 250 * (i + 1));
      await build(dir, sizes.slice(0, 6), 3000);
      const names = await segmentsIn(dir);
      const old = await readFile(join(dir, names[0]!));
      await build(dir, sizes.slice(6), 3000);
      const [zero, one, two, three] = (await segmentsIn(dir)).map((name) => join(dir, name));
      await writeFile(zero!, old);
      const bytes = await readFile(one!);
      bytes[bytes.length - 40]! ^= 1;
      await writeFile(one!, bytes);
      await writeFile(two!, (await readFile(two!)).subarray(0, 30));
      await rm(three!);
      const keeper = await openIndex(dir, 3000);
      expect(keeper.heads).toEqual([2750, 3000]);
      for (const size of keeper.heads) await checkProofs(keeper, size);
      await keeper.close();
    }));

  test('begins anew when its rows are gone or are those of other roots', () =>
    inFolder(async (dir) => {
      await build(dir, [500, 1000, 1500], 1500);
      await rm(join(dir, 'rows'), { recursive: true });
      const keeper = await openIndex(dir, 1500);
      expect(keeper.size).toBe(0);
      await checkProofs(keeper, 1500);
      await keeper.close();
    }));

  test('takes nothing from the index of another log, or of more entries than the log has', () =>
    inFolder(async (dir) => {
      await build(dir, [500, 1000, 1500, 2000], 2000);
      const other = await openIndex(dir, 2000, { salt: 'other' });
      await checkProofs(other, 2000);
      await other.close();
      const less = await openIndex(dir, 1200, { salt: 'other' });
      await checkProofs(less, 1200);
      await less.close();
    }));

  test('keeps a bounded number of heads, and those named longest', () =>
    inFolder(async (dir) => {
      const keeper = await openIndex(dir, 2700, { limits: { ...SMALL, replayLeast: 1000 } });
      await keeper.commit(50);
      await keeper.commit(100);
      await keeper.keep([50, 100]);
      for (let size = 110; size <= 300; size += 10) await keeper.commit(size);
      await keeper.keep([50, 100]);
      expect(keeper.heads).toEqual([50, 100, 260, 270, 280, 290, 300]);
      // Too much would have to be replayed from the oldest on: bounded recovery goes before old proofs.
      for (let size = 700; size <= 2700; size += 400) await keeper.commit(size);
      await keeper.keep([50, 100]);
      expect(keeper.heads[0]).toBeGreaterThan(1000);
      expect(await refusalOf(keeper.prove({ path: pathOf('hot'), size: 100 }))).toBe(
        'VINDEX_HEAD_UNKNOWN',
      );
      for (const size of keeper.heads) await checkProofs(keeper, size);
      await keeper.close();
    }));

  test('is open once, and refuses what comes after it was closed', () =>
    inFolder(async (dir) => {
      const keeper = await openIndex(dir, 100);
      expect(await refusalOf(openIndex(dir, 100))).toBe('LOG_LOCKED');
      await keeper.close();
      await keeper.close();
      expect(await refusalOf(keeper.commit(10))).toBe('LOG_CLOSED');
      expect(await refusalOf(keeper.prove({ path: pathOf('hot'), size: 0 }))).toBe('LOG_CLOSED');
    }));

  test('takes nothing more after a commit has failed, and goes on when it is opened again', () =>
    inFolder(async (dir) => {
      const keeper = await openIndex(dir, 1000, { limits: { ...SMALL, replayLeast: 1 } });
      await keeper.commit(500);
      await keeper.keep([]);
      // A file that is cut while it is open: a bucket cannot be read.
      for (const name of await segmentsIn(dir)) await writeFile(join(dir, name), '');
      expect(await refusalOf(keeper.commit(1000))).toBe('LOG_INDEX_FAILED');
      expect(await refusalOf(keeper.commit(1000))).toBe('LOG_INDEX_FAILED');
      await keeper.close();
      const again = await openIndex(dir, 1000);
      await checkProofs(again, 1000);
      await again.close();
    }));
});

type Fact =
  | { readonly fact: 'opening' }
  | { readonly fact: 'opened'; readonly size: number; readonly heads: readonly number[] }
  | { readonly fact: 'committed'; readonly size: number; readonly root: string };

/** Let a process build the index and kill it so many facts or milliseconds later. */
async function buildAndKill(dir: string, size: number, random: () => number): Promise<Fact[]> {
  const committer = fileURLToPath(new URL('support/index-committer.ts', import.meta.url));
  const seed = Math.floor(random() * 1e6);
  const argv = ['-C', '@anchorlog/source', committer, dir, String(size), String(seed)];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const last = Math.ceil(random() * 7);
  const facts: Fact[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.endsWith('}')) continue; // cut
    facts.push(JSON.parse(line) as Fact); // written by the committer
    if (facts.length === last) child.kill('SIGKILL');
  }
  await exited;
  return facts;
}

describe('an index that is killed', () => {
  test(
    'goes on from its last commit with the roots of the reference, 10 times at seeded moments',
    () =>
      inFolder(async (dir) => {
        const random = randomOf(20_261_124);
        const size = 3000;
        let reached = 0;
        for (let round = 0; round < 10; round++) {
          const facts = await buildAndKill(dir, size, random);
          for (const fact of facts) {
            if (fact.fact === 'opened') expect(fact.size).toBeGreaterThanOrEqual(reached);
            if (fact.fact !== 'committed') continue;
            reached = fact.size;
            expect(fact.root).toBe(expectedRoot(fact.size));
          }
        }
        expect(reached).toBeGreaterThan(1000);
        const keeper = await openIndex(dir, size);
        expect(keeper.size).toBeGreaterThanOrEqual(reached);
        for (const head of keeper.heads) await checkProofs(keeper, head);
        await checkProofs(keeper, size);
        await keeper.close();
      }),
    120_000,
  );
});
