import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  NaiveTree,
  judgeConsistency,
  judgeInclusion,
  leafHash,
  sha256,
  type ConsistencyClaim,
  type InclusionClaim,
} from './naive-tree.ts';

// Cases of inclusion and consistency proofs (spec/log §2). Whether a case is accepted is judged by the naive reference beside this file.

const MAX = 2n ** 53n - 1n;
const entry = (i: number): Buffer => Buffer.from(`entry ${i}`);
const small = NaiveTree.of(300, entry);
/** A tree of any size: the first leaves and those around the given places are all different. */
const large = (...places: readonly bigint[]): NaiveTree =>
  new NaiveTree(
    new Map(
      [0n, 1n, 2n, 3n, ...places.flatMap((at) => [at - 2n, at - 1n, at, at + 1n])]
        .filter((at) => at >= 0n)
        .map((at) => [at, leafHash(Buffer.from(`entry ${at}`))]),
    ),
  );
const flip = (hash: Buffer, at: number): Buffer => {
  const flipped = Buffer.from(hash);
  flipped[(at * 7) % 32]! ^= 1 << (at % 8);
  return flipped;
};
const swap = (hashes: readonly Buffer[], at: number): Buffer[] => [
  ...hashes.slice(0, at),
  hashes[at + 1]!,
  hashes[at]!,
  ...hashes.slice(at + 2),
];
const without = (hashes: readonly Buffer[], at: number): Buffer[] =>
  hashes.filter((_, i) => i !== at);
const stray = sha256(Buffer.from('a hash of no tree'));
const WRAP = 2n ** 32n;

/** All places of a short proof; of a long one, its ends and every ninth. */
const places = (n: number): number[] =>
  Array.from({ length: Math.max(0, n) }, (_, i) => i).filter(
    (i) => n <= 12 || i < 2 || i >= n - 2 || i % 9 === 0,
  );

/** What a mutant does, and the claim that it makes of a good one. */
type Mutants<T> = Iterable<readonly [name: string, claim: T]>;

function* hashMutants(hashes: readonly Buffer[]): Generator<readonly [string, Buffer[]]> {
  const n = hashes.length;
  for (const i of places(n)) {
    yield [`bit flipped in hash ${i} of ${n}`, hashes.map((h, j) => (j === i ? flip(h, i) : h))];
  }
  for (const i of places(n - 1)) yield [`hashes ${i} and ${i + 1} swapped`, swap(hashes, i)];
  if (n > 0) {
    yield ['last hash missing', without(hashes, n - 1)];
    yield ['first hash missing', without(hashes, 0)];
    yield ['last hash replaced by zeros', [...without(hashes, n - 1), Buffer.alloc(32)]];
    yield ['last hash twice', [...hashes, hashes[n - 1]!]];
    yield ['first hash twice', [hashes[0]!, ...hashes]];
  }
  if (n > 1) {
    yield ['all hashes missing', []];
    yield ['only the first hash', hashes.slice(0, 1)];
  }
  if (n > 2) yield ['hashes in reverse', hashes.toReversed()];
  yield ['one hash too many at the end', [...hashes, stray]];
  yield ['one hash too many at the start', [stray, ...hashes]];
  if (n === 1) yield ['65 hashes', Array.from({ length: 65 }, (_, i) => hashes[i] ?? stray)];
}

function inclusion(tree: NaiveTree, index: bigint, size: bigint): InclusionClaim {
  const [rootHash, hashes] = [tree.root(size), tree.path(index, size)];
  return { index, size, leafHash: tree.leaf(index), rootHash, hashes };
}

function* inclusionMutants(good: InclusionClaim): Mutants<InclusionClaim> {
  const { index, size } = good;
  for (const [name, hashes] of hashMutants(good.hashes)) yield [name, { ...good, hashes }];
  yield ['bit flipped in the leaf hash', { ...good, leafHash: flip(good.leafHash, 3) }];
  yield ['bit flipped in the root', { ...good, rootHash: flip(good.rootHash, 5) }];
  yield ['last bit of the root flipped', { ...good, rootHash: flipLast(good.rootHash) }];
  yield ['root of zeros', { ...good, rootHash: Buffer.alloc(32) }];
  yield ['leaf hash as root', { ...good, rootHash: good.leafHash }];
  yield ['hash of the bare entry, without the leaf prefix', { ...good, leafHash: bareLeaf(index) }];
  yield [
    'leaf hash and root exchanged',
    { ...good, leafHash: good.rootHash, rootHash: good.leafHash },
  ];
  if (index > 0n) yield ['index one less', { ...good, index: index - 1n }];
  yield ['index one more', { ...good, index: index + 1n }];
  yield ['index equal to the size', { ...good, index: size }];
  if (size < MAX) yield ['index beyond the size', { ...good, index: size + 1n }];
  yield ['index of 2^53 - 1', { ...good, index: MAX }];
  if (index + WRAP <= MAX) yield ['index 2^32 more', { ...good, index: index + WRAP }];
  if (size + WRAP <= MAX) yield ['size 2^32 more', { ...good, size: size + WRAP }];
  if (index + WRAP <= MAX && size + WRAP <= MAX) {
    yield ['index and size 2^32 more', { ...good, index: index + WRAP, size: size + WRAP }];
  }
  if (index >= WRAP) yield ['index 2^32 less', { ...good, index: index - WRAP }];
  if (size > WRAP) yield ['size 2^32 less', { ...good, size: size - WRAP }];
  yield ['size 0', { ...good, size: 0n }];
  yield ['size one less', { ...good, size: size - 1n }];
  if (size < MAX) yield ['size one more', { ...good, size: size + 1n }];
  if (2n * size <= MAX) yield ['size doubled', { ...good, size: 2n * size }];
}

const bareLeaf = (index: bigint): Buffer => sha256(Buffer.from(`entry ${index}`));
const flipLast = (hash: Buffer): Buffer => {
  const flipped = Buffer.from(hash);
  flipped[31]! ^= 1;
  return flipped;
};

function* inclusions(): Mutants<InclusionClaim> {
  const seen: InclusionClaim[] = [];
  for (let size = 1n; size <= 9n; size++) {
    for (let index = 0n; index < size; index++) seen.push(inclusion(small, index, size));
  }
  for (const size of [15n, 16n, 17n, 31n, 33n, 64n, 127n, 129n, 255n, 256n, 257n, 300n]) {
    for (const index of [0n, size / 2n, size - 2n, size - 1n]) {
      seen.push(inclusion(small, index, size));
    }
  }
  for (const size of [
    2n ** 31n,
    WRAP - 1n,
    WRAP,
    WRAP + 1n,
    5_000_000_001n,
    2n ** 40n + 3n,
    2n ** 52n + 1n,
    MAX,
  ]) {
    for (const index of [0n, size / 2n, size - 2n, size - 1n]) {
      seen.push(inclusion(large(index, size - 1n), index, size));
    }
  }
  for (const good of seen) yield [`entry ${good.index} of ${good.size}`, good];
  for (const [index, size] of [
    [0n, 1n],
    [0n, 2n],
    [1n, 2n],
    [2n, 3n],
    [0n, 5n],
    [4n, 5n],
    [5n, 7n],
    [3n, 8n],
    [8n, 9n],
    [100n, 129n],
    [256n, 257n],
    [299n, 300n],
  ] as const) {
    yield* of(inclusion(small, index, size), inclusionMutants);
  }
  for (const [index, size] of [
    [WRAP, WRAP + 1n],
    [5_000_000_000n, 5_000_000_001n],
    [4_294_967_297n, 2n ** 40n + 3n],
    [MAX - 1n, MAX],
  ] as const) {
    yield* of(inclusion(large(index, size - 1n), index, size), inclusionMutants);
  }
}

function* of<T extends { hashes: readonly Buffer[] }>(
  good: T,
  mutants: (good: T) => Mutants<T>,
): Mutants<T> {
  const [a, b] = 'index' in good ? ['index', 'size'] : ['olderSize', 'newerSize'];
  const sizes = good as unknown as Record<string, bigint>; // both kinds of claim have two sizes
  const what = 'index' in good ? `entry ${sizes[a]} of ${sizes[b]}` : `${sizes[a]} to ${sizes[b]}`;
  for (const [name, claim] of mutants(good)) yield [`${what}: ${name}`, claim];
}

function consistency(tree: NaiveTree, olderSize: bigint, newerSize: bigint): ConsistencyClaim {
  return {
    olderSize,
    olderRoot: tree.root(olderSize),
    newerSize,
    newerRoot: tree.root(newerSize),
    hashes: tree.proof(olderSize, newerSize),
  };
}

function* consistencyMutants(good: ConsistencyClaim): Mutants<ConsistencyClaim> {
  const { olderSize, olderRoot, newerSize, newerRoot } = good;
  for (const [name, hashes] of hashMutants(good.hashes)) yield [name, { ...good, hashes }];
  yield ['older root put in front', { ...good, hashes: [olderRoot, ...good.hashes] }];
  yield ['newer root put at the end', { ...good, hashes: [...good.hashes, newerRoot] }];
  yield ['bit flipped in the older root', { ...good, olderRoot: flip(olderRoot, 2) }];
  yield ['bit flipped in the newer root', { ...good, newerRoot: flip(newerRoot, 9) }];
  yield ['older root of zeros', { ...good, olderRoot: Buffer.alloc(32) }];
  yield ['newer root of zeros', { ...good, newerRoot: Buffer.alloc(32) }];
  if (!olderRoot.equals(newerRoot)) {
    yield ['roots exchanged', { ...good, olderRoot: newerRoot, newerRoot: olderRoot }];
    yield ['newer root as older', { ...good, olderRoot: newerRoot }];
    yield ['older root as newer', { ...good, newerRoot: olderRoot }];
  }
  if (olderSize !== newerSize) {
    yield ['sizes exchanged', { ...good, olderSize: newerSize, newerSize: olderSize }];
    yield ['both sizes the newer', { ...good, olderSize: newerSize }];
    yield ['both sizes the older', { ...good, newerSize: olderSize }];
  }
  yield ['older size 0', { ...good, olderSize: 0n }];
  yield ['older size 0, no hashes', { ...good, olderSize: 0n, hashes: [] }];
  yield ['both sizes 0', { ...good, olderSize: 0n, newerSize: 0n }];
  yield ['newer size 0', { ...good, newerSize: 0n }];
  yield ['older size one less', { ...good, olderSize: olderSize - 1n }];
  yield ['older size one more', { ...good, olderSize: olderSize + 1n }];
  yield ['newer size one less', { ...good, newerSize: newerSize - 1n }];
  if (newerSize < MAX) yield ['newer size one more', { ...good, newerSize: newerSize + 1n }];
  if (olderSize + WRAP <= MAX)
    yield ['older size 2^32 more', { ...good, olderSize: olderSize + WRAP }];
  if (newerSize + WRAP <= MAX)
    yield ['newer size 2^32 more', { ...good, newerSize: newerSize + WRAP }];
  if (newerSize + WRAP <= MAX && olderSize + WRAP <= MAX) {
    yield [
      'both sizes 2^32 more',
      { ...good, olderSize: olderSize + WRAP, newerSize: newerSize + WRAP },
    ];
  }
  if (olderSize > WRAP) yield ['older size 2^32 less', { ...good, olderSize: olderSize - WRAP }];
  if (newerSize > WRAP) yield ['newer size 2^32 less', { ...good, newerSize: newerSize - WRAP }];
}

function* consistencies(): Mutants<ConsistencyClaim> {
  const sizes = [15n, 16n, 17n, 31n, 32n, 64n, 100n, 128n, 129n, 200n, 255n, 256n, 257n, 300n];
  const pairs: (readonly [bigint, bigint])[] = [];
  for (let newer = 1n; newer <= 9n; newer++) {
    for (let older = 1n; older <= newer; older++) pairs.push([older, newer]);
  }
  for (const newer of sizes) {
    for (const older of [1n, 3n, ...sizes]) if (older <= newer) pairs.push([older, newer]);
  }
  for (const [older, newer] of pairs)
    yield [`${older} to ${newer}`, consistency(small, older, newer)];

  const huge = [
    WRAP - 1n,
    WRAP,
    WRAP + 1n,
    5_000_000_001n,
    2n ** 40n + 3n,
    2n ** 52n,
    2n ** 52n + 1n,
    MAX - 1n,
    MAX,
  ];
  for (const newer of huge) {
    for (const older of [1n, 1_000_000n, ...huge]) {
      if (older > newer) continue;
      yield [`${older} to ${newer}`, consistency(large(older, newer), older, newer)];
    }
  }
  for (const [older, newer] of [
    [1n, 1n],
    [1n, 2n],
    [2n, 3n],
    [3n, 5n],
    [4n, 8n],
    [4n, 7n],
    [6n, 8n],
    [7n, 7n],
    [7n, 9n],
    [64n, 129n],
    [100n, 257n],
    [256n, 300n],
  ] as const) {
    yield* of(consistency(small, older, newer), consistencyMutants);
  }
  for (const [older, newer] of [
    [WRAP, WRAP + 1n],
    [WRAP - 1n, 5_000_000_001n],
    [5_000_000_001n, 2n ** 40n + 3n],
    [MAX - 1n, MAX],
  ] as const) {
    yield* of(consistency(large(older, newer), older, newer), consistencyMutants);
  }
}

function cases<T extends { hashes: readonly Buffer[] }>(
  description: string,
  claims: Mutants<T>,
  judge: (claim: T) => string | undefined,
): string {
  const lines: string[] = [];
  const names = new Set<string>();
  for (const [name, claim] of claims) {
    const code = judge(claim);
    const mutant = name.includes(':');
    if (names.has(name)) throw new Error(`two cases ${name}`);
    if (!mutant && code) throw new Error(`${name} is refused: ${code}`);
    names.add(name);
    // Some sizes give a proof of the same shape: only the signed head tells them apart.
    const note = mutant && !code ? ' (same shape: the proof holds for this head too)' : '';
    const line = { name: name + note, ...claim, accept: code === undefined, code };
    lines.push(JSON.stringify(line, replacer));
  }
  const head = JSON.stringify({ description, suite: 'sha256' }).slice(0, -1);
  return `${head},"cases":[\n${lines.join(',\n')}\n]}\n`;
}

function replacer(this: unknown, key: string, value: unknown): unknown {
  const raw = (this as Record<string, unknown>)[key]; // Buffer.toJSON ran already
  if (Buffer.isBuffer(raw)) return raw.toString('base64');
  return typeof raw === 'bigint' ? Number(raw) : value;
}

/** Make the vectors of inclusion and consistency proofs: path under vectors/ → text. */
export function generateMerkle(): Record<string, string> {
  return {
    'merkle/inclusion.json': cases(
      'RFC 9162 §2.1.3.2: is leafHash entry `index` of the tree {size, rootHash}? Hashes are base64.',
      inclusions(),
      judgeInclusion,
    ),
    'merkle/consistency.json': cases(
      'RFC 9162 §2.1.4.2: is the tree {olderSize, olderRoot} a prefix of {newerSize, newerRoot}? Size 0 is refused. Hashes are base64.',
      consistencies(),
      judgeConsistency,
    ),
  };
}

if (process.argv[1] === import.meta.filename) {
  for (const [path, text] of Object.entries(generateMerkle())) {
    const file = new URL(`../${path}`, import.meta.url);
    mkdirSync(dirname(file.pathname), { recursive: true });
    writeFileSync(file, text);
  }
}
