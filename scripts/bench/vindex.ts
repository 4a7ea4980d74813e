import { createHash } from 'node:crypto';
import { nodeSha256 } from '@anchorlog/core/node';
import { simdPairs } from '@anchorlog/tlog/simd';
import { createIndexHasher, verifyIndexProof } from '@anchorlog/vindex';
import { IndexBuilder, type IndexPage, type Posting } from '@anchorlog/vindex/builder';
import { randomOf } from '@anchorlog/testkit';
import { collectGarbage, cpuTimed, quantile, timed, type BenchRow } from './row.ts';

const hasher = createIndexHasher(nodeSha256, simdPairs());
const KEYS_AN_ENTRY = 3;
/** Of the keys of a batch, those that are new; the others have entries. */
const NEW = 0.3;

/**
 * Measure the verifiable index in memory: proofs at a tenth of a number of keys and at all of them, and commits of batches at these. Takes about
 * a minute for a million.
 */
export async function benchIndex({
  keys = 1_000_000,
  proofs = 2000,
}: {
  readonly keys?: number;
  readonly proofs?: number;
} = {}): Promise<BenchRow[]> {
  const tenth = Math.floor(keys / 10);
  const [few, count] = [tenth, keys].map((n) => n.toLocaleString('en')) as [string, string]; // of two
  collectGarbage();
  const before = memory();
  const world = new World(tenth);
  const earlier = [
    row(`index of ${few} keys, built at once`, world.built / tenth, 'µs a key', 15, 1000),
    ...benchProofs(world, { proofs, count: few }),
  ];
  world.grow(keys);
  return [
    ...earlier,
    row(`index of ${count} keys in memory`, (memory() - before) / keys, 'bytes a key', 400),
    ...benchProofs(world, { proofs, count }),
    ...[1000, 10_000].map((entries) => {
      const times = Array.from({ length: entries === 1000 ? 21 : 7 }, () => world.commit(entries));
      const most = entries === 1000 ? 60 : 600;
      const name = `index commit of ${entries.toLocaleString('en')} entries × 3 at ${count} keys`;
      return row(`${name}, p50`, quantile(times, 0.5), 'ms', most);
    }),
  ];
}

function benchProofs(
  world: World,
  { proofs, count }: { readonly proofs: number; readonly count: string },
): BenchRow[] {
  const all: IndexPage = { from: 0, limit: 100 };
  const picks = world.picks(proofs);
  const presence = picks.map((path) => world.prove(path, all));
  const counts = picks.map((path) => world.prove(path, { from: 0, limit: 0 }));
  const absence = picks.map((_, i) => world.prove(pathOf(`absent ${i}`), all));
  const bytes = (list: readonly Proved[]): number =>
    quantile(
      list.map(({ proof }) => proof.length),
      0.99,
    );
  const head = world.head();
  const verify = presence.map(({ path, proof }) =>
    timed(() => verifyIndexProof({ head, path, proof }, hasher)),
  );
  const pure = presence
    .slice(0, 500)
    .map(({ path, proof }) => timed(() => verifyIndexProof({ head, path, proof })));
  const at = `at ${count} keys`;
  return [
    row(`index proof of the count ${at}, p99`, bytes(counts), 'bytes', 1024),
    row(`index proof of absence ${at}, p99`, bytes(absence), 'bytes', 1024),
    row(`index proof of a license with its entries ${at}, p99`, bytes(presence), 'bytes', 1500),
    row(
      `prove ${at}, p99`,
      quantile(
        presence.map(({ ms }) => ms),
        0.99,
      ),
      'ms',
      10,
    ),
    row(
      `verify an index proof ${at}, Node's own hash, p50`,
      quantile(verify, 0.5),
      'µs',
      200,
      1000,
    ),
    row(`verify an index proof ${at}, pure JavaScript, p50`, quantile(pure, 0.5), 'µs', 1000, 1000),
  ];
}

interface Proved {
  readonly path: Uint8Array;
  readonly proof: Uint8Array;
  readonly ms: number;
}

/** An index whose first entries brought a number of keys: three quarters with one entry, the others with two to five. */
class World {
  readonly #random = randomOf(7);
  readonly #builder = new IndexBuilder({ leafHash: leafHashOf, hasher });
  #keys = 0;
  /** Milliseconds that the first commit took. */
  readonly built: number;

  constructor(keys: number) {
    this.built = this.#load(keys);
  }

  /** Bring it to a number of keys; 200,000 in each commit. */
  grow(keys: number): void {
    while (this.#keys < keys) this.#load(Math.min(keys - this.#keys, 200_000));
  }

  /** Commit a batch, and give its milliseconds of processor time. Making the input is not measured. */
  commit(entries: number): number {
    const { size } = this.#builder;
    const postings: Posting[] = [];
    for (let i = 0; i < entries * KEYS_AN_ENTRY; i++) {
      const isNew = this.#random() < NEW;
      const key = isNew ? this.#keys++ : Math.floor(this.#random() * this.#keys);
      postings.push({ path: pathOf(`key ${key}`), index: size + Math.floor(i / KEYS_AN_ENTRY) });
    }
    return cpuTimed(() => {
      this.#builder.commit({ size: size + entries, postings });
      this.#builder.forget(size);
    });
  }

  picks(count: number): Uint8Array[] {
    return Array.from({ length: count }, () =>
      pathOf(`key ${Math.floor(this.#random() * this.#keys)}`),
    );
  }

  prove(path: Uint8Array, page: IndexPage): Proved {
    const view = this.#builder.at();
    let proof = path;
    const ms = timed(() => {
      proof = view.prove(path, page);
    });
    return { path, proof, ms };
  }

  head(): { readonly size: number; readonly indexRoot: Uint8Array } {
    return { size: this.#builder.size, indexRoot: this.#builder.at().root() };
  }

  #load(keys: number): number {
    const { size } = this.#builder;
    const postings: Posting[] = [];
    let index = size;
    for (let i = 0; i < keys; i++) {
      const path = pathOf(`key ${this.#keys++}`);
      const times = i % 4 > 0 ? 1 : 2 + (i % 3);
      for (let each = 0; each < times; each++) postings.push({ path, index: index++ });
    }
    return cpuTimed(() => {
      this.#builder.commit({ size: index, postings });
      this.#builder.forget(index);
    });
  }
}

const pathOf = (name: string): Uint8Array =>
  new Uint8Array(createHash('sha256').update(name).digest());
const leaf = new Uint8Array(32).fill(7);
/** Leaf hashes come from the log, and are not what is measured: all entries have one. */
const leafHashOf = (): Uint8Array => leaf;

function memory(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** A figure against a goal of its own; `scale` turns milliseconds into its unit. */
function row(name: string, value: number, unit: string, most: number, scale = 1): BenchRow {
  const scaled = value * scale;
  return {
    name,
    value: scaled,
    unit,
    against: '',
    ratio: undefined,
    goal: `≤ ${most.toLocaleString('en')} ${unit}`,
    met: scaled <= most,
  };
}
