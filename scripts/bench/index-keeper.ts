import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { nodeSha256 } from '@anchorlog/core/node';
import { IndexKeeper, type IndexFeed } from '@anchorlog/log/index-keeper';
import { simdPairs } from '@anchorlog/tlog/simd';
import { createIndexHasher } from '@anchorlog/vindex';
import type { Posting } from '@anchorlog/vindex/builder';
import { randomOf } from '@anchorlog/testkit';
import { collectGarbage, quantile, type BenchRow } from './row.ts';

const hasher = createIndexHasher(nodeSha256, simdPairs());
const KEYS_AN_ENTRY = 3;
/** Of the keys of a batch, those that are new. */
const NEW = 0.3;
const ENTRIES_A_PIECE = 1000;

/**
 * Measure the index as it is kept beside a log: built from nothing to a number of keys, brought on by batches, and opened again. What it is built of is in
 * memory, and nothing else is appended meanwhile. Times are of the processor unless they say otherwise. Takes about a minute for a million keys.
 */
export async function benchIndexKeeper({
  keys = 1_000_000,
}: { readonly keys?: number } = {}): Promise<BenchRow[]> {
  const dir = await mkdtemp(join(tmpdir(), 'anchorlog-bench-'));
  try {
    const feed = new Feed();
    feed.load(keys);
    const count = keys.toLocaleString('en');
    let keeper = await IndexKeeper.open({ dir, feed, hasher });
    collectGarbage();
    const built = await ofProcessor(() => keeper.commit(feed.size));
    const rows = [
      row(
        `index beside a log, built to ${count} keys`,
        (feed.postingCount / built) * 1000,
        'postings/s',
        '≥ 70,000',
        70_000,
      ),
    ];
    for (const [entries, times, most] of [
      [1000, 15, 60],
      [10_000, 7, 600],
    ] as const) {
      const delays = monitorEventLoopDelay({ resolution: 1 });
      const [wall, cpu]: [number[], number[]] = [[], []];
      for (let i = 0; i < times; i++) {
        feed.add(entries);
        delays.enable();
        cpu.push(
          await ofProcessor(async () => {
            wall.push(await clocked(() => keeper.commit(feed.size)));
          }),
        );
        delays.disable();
        await keeper.keep(keeper.heads.slice(-2));
      }
      const name = `index beside a log, commit of ${entries.toLocaleString('en')} entries × 3 at ${count} keys`;
      rows.push(
        atMost(`${name}, p50 of processor time`, quantile(cpu, 0.5), 'ms', most),
        report(`${name}, p50 by the clock`, quantile(wall, 0.5), 'ms'),
        report(`${name}, longest turn, p99`, delays.percentile(99) / 1e6, 'ms'),
      );
    }
    const bytes = await bytesIn(dir);
    await keeper.close();
    const opened = await ofProcessor(async () => {
      keeper = await IndexKeeper.open({ dir, feed, hasher });
    });
    rows.push(
      atMost(`index beside a log, opened at ${count} keys`, opened / 1000, 's', 30),
      atMost(
        `index beside a log, on disk at ${count} keys`,
        bytes / keeper.keys,
        'bytes a key',
        200,
      ),
    );
    await keeper.close();
    return rows;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** What a log would have: keys with one to five entries at first, then batches like those of the index in memory. */
class Feed implements IndexFeed {
  readonly #random = randomOf(7);
  readonly #paths: Uint8Array[] = [];
  /** By entry: numbers of its keys. */
  readonly #entries: number[][] = [];
  readonly #leafHash = new Uint8Array(32).fill(7);
  postingCount = 0;

  get size(): number {
    return this.#entries.length;
  }

  load(keys: number): void {
    for (let key = 0; key < keys; key++) {
      const times = key % 4 > 0 ? 1 : 2 + (key % 3);
      for (let i = 0; i < times; i++) this.#entries.push([key]);
      this.postingCount += times;
      this.#addKey();
    }
  }

  add(entries: number): void {
    for (let i = 0; i < entries; i++) {
      const keys = Array.from({ length: KEYS_AN_ENTRY }, () =>
        this.#random() < NEW ? this.#addKey() : Math.floor(this.#random() * this.#paths.length),
      );
      this.#entries.push(keys);
      this.postingCount += keys.length;
    }
  }

  async *postings({ from, to }: { readonly from: number; readonly to: number }): AsyncGenerator<{
    to: number;
    postings: Posting[];
  }> {
    for (let begin = from; begin < to; begin += ENTRIES_A_PIECE) {
      const end = Math.min(to, begin + ENTRIES_A_PIECE);
      const postings: Posting[] = [];
      for (let index = begin; index < end; index++) {
        for (const key of this.#entries[index]!) postings.push({ path: this.#paths[key]!, index });
      }
      yield { to: end, postings };
    }
  }

  async leafHashes(indexes: readonly number[]): Promise<Uint8Array[]> {
    return indexes.map(() => this.#leafHash);
  }

  async rootHash(size: number): Promise<Uint8Array> {
    return new Uint8Array(createHash('sha256').update(String(size)).digest());
  }

  #addKey(): number {
    const number = this.#paths.length;
    this.#paths.push(new Uint8Array(createHash('sha256').update(`key ${number}`).digest()));
    return number;
  }
}

async function clocked(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

/** The processor time that something takes, in milliseconds, of all threads: other work on the machine does not count. */
async function ofProcessor(work: () => Promise<unknown>): Promise<number> {
  const begin = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1000;
}

async function bytesIn(dir: string): Promise<number> {
  let bytes = 0;
  for (const each of await readdir(dir, { withFileTypes: true, recursive: true })) {
    if (each.isFile()) bytes += (await stat(join(each.parentPath, each.name))).size;
  }
  return bytes;
}

function row(name: string, value: number, unit: string, goal: string, least: number): BenchRow {
  return {
    name,
    value,
    unit,
    against: '',
    ratio: undefined,
    goal: `${goal} ${unit}`,
    met: value >= least,
  };
}

function atMost(name: string, value: number, unit: string, most: number): BenchRow {
  const goal = `≤ ${most.toLocaleString('en')} ${unit}`;
  return { name, value, unit, against: '', ratio: undefined, goal, met: value <= most };
}

function report(name: string, value: number, unit: string): BenchRow {
  return { name, value, unit, against: '', ratio: undefined, goal: 'reported', met: true };
}
