import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from '@anchorlog/log';
import { GROUP, appendBatches, openLog, statement } from './append.ts';
import { collectGarbage, quantile, type BenchRow } from './row.ts';

const MIB = 2 ** 20;
/** Entries between two checkpoints: those of about a minute at 50 million a day. */
const BATCH = 40_000;

/**
 * Build a log of `count` statements of about 1.1 kB on disk, with its tiles and entry bundles published every 40,000, then open it
 * again and prove. What an entry costs is what docs/scale.md extrapolates from. Ten million need 35 GB and about 20 minutes.
 */
export async function benchScale({
  count = Number(process.env['ANCHORLOG_SCALE'] ?? 10_000_000),
}: { readonly count?: number } = {}): Promise<BenchRow[]> {
  const dir = await mkdtemp(join(tmpdir(), 'anchorlog-scale-'));
  try {
    const built = await build(dir, count);
    collectGarbage();
    const begin = performance.now();
    const log = await openLog(dir);
    const opened = performance.now() - begin;
    const proofs = await proofTimes(log);
    const rss = process.memoryUsage().rss / MIB;
    await log.close();
    const [store, tiles] = [await sizeOf(join(dir, 'store')), await sizeOf(join(dir, 'tiles'))];
    const of = `${count.toLocaleString('en')} entries`;
    return [
      reported(`log of ${of}: appends`, built.rate, '/s'),
      reported(`log of ${of}: appends in its last tenth`, built.lastRate, '/s'),
      reported(`log of ${of}: statement bytes`, built.bytes / count, 'B an entry'),
      reported(`log of ${of}: processor time of append and publish`, built.cpu, 'µs an entry'),
      reported(`log of ${of}: written to disk`, built.written / count, 'B an entry'),
      reported(`log of ${of}: store on disk`, store / count, 'B an entry'),
      reported(`log of ${of}: tiles and bundles on disk`, tiles / count, 'B an entry'),
      reported(`log of ${of}: publishing ${BATCH.toLocaleString('en')}, p99`, built.publish, 'ms'),
      reported(`log of ${of}: most memory while growing`, built.rss, 'MiB'),
      reported(`log of ${of}: opened again in`, opened, 'ms'),
      reported(`log of ${of}: memory after opening and proving`, rss, 'MiB'),
      reported(`log of ${of}: proof from the store, p50`, quantile(proofs, 0.5), 'ms'),
      {
        name: `log of ${of}: proof from the store, p99`,
        value: quantile(proofs, 0.99),
        unit: 'ms',
        against: '',
        ratio: undefined,
        goal: '≤ 4 ms',
        met: quantile(proofs, 0.99) <= 4,
      },
    ];
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

interface Built {
  /** Entries a second while they are appended and published; making them is not counted. */
  readonly rate: number;
  readonly lastRate: number;
  readonly bytes: number;
  /** Microseconds an entry, of all threads. */
  readonly cpu: number;
  readonly written: number;
  /** Milliseconds. */
  readonly publish: number;
  /** MiB. */
  readonly rss: number;
}

async function build(dir: string, count: number): Promise<Built> {
  const log = await openLog(dir);
  const spent: number[] = [];
  const publish: number[] = [];
  let [bytes, cpu, written, rss] = [0, 0, 0, 0];
  for (let done = 0; done < count; done += BATCH) {
    const entries = Array.from({ length: Math.min(BATCH, count - done) }, statement);
    for (const { length } of entries) bytes += length;
    const [cpuBefore, writtenBefore] = [process.cpuUsage(), await writtenBytes()];
    const begin = performance.now();
    await appendBatches(log, entries);
    const appended = performance.now();
    await log.publish();
    const published = performance.now();
    const { user, system } = process.cpuUsage(cpuBefore);
    cpu += user + system;
    written += (await writtenBytes()) - writtenBefore;
    spent.push(published - begin);
    publish.push(published - appended);
    rss = Math.max(rss, process.memoryUsage().rss / MIB);
    if (spent.length % 25 === 0) {
      const perSecond = Math.round((25 * BATCH * 1000) / sum(spent.slice(-25)));
      process.stderr.write(`${(done + BATCH).toLocaleString('en')} entries, ${perSecond}/s\n`);
    }
  }
  await log.close();
  const last = spent.slice(-Math.ceil(spent.length / 10));
  return {
    rate: (count * 1000) / sum(spent),
    lastRate: (Math.min(count, last.length * BATCH) * 1000) / sum(last),
    bytes,
    cpu: cpu / count,
    written,
    publish: quantile(publish, 0.99),
    rss,
  };
}

/** In milliseconds: proofs of entries all over the log at sizes all over it. */
async function proofTimes(log: Log): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < 5000; i++) {
    const size = 1 + ((i * 7_919_317 + 12_345) % log.size);
    const index = (i * 104_729 * GROUP) % size;
    const begin = performance.now();
    await log.proveInclusion({ index, size });
    times.push(performance.now() - begin);
  }
  return times;
}

/** Bytes that this process had written to disks; 0 where the system does not tell. */
async function writtenBytes(): Promise<number> {
  const text = await readFile('/proc/self/io', 'utf8').catch(() => '');
  return Number(/^write_bytes: (\d+)$/m.exec(text)?.[1] ?? 0);
}

async function sizeOf(dir: string): Promise<number> {
  const files = await readdir(dir, { recursive: true, withFileTypes: true });
  let bytes = 0;
  for (const file of files) {
    if (file.isFile()) bytes += (await stat(join(file.parentPath, file.name))).size;
  }
  return bytes;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

function reported(name: string, value: number, unit: string): BenchRow {
  return { name, value, unit, against: '', ratio: undefined, goal: 'reported', met: true };
}
