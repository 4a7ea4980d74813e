import { indexMutants } from './index-mutants.ts';
import {
  judgeIndex,
  naivePath,
  naiveProve,
  naiveTrie,
  type NaiveClaim,
  type NaiveEntry,
  type NaiveLeaf,
} from './naive-index.ts';
import { leafHash, sha256 } from './naive-tree.ts';

// Cases of index paths, roots and proofs (spec/index). Whether a case is accepted is judged by the naive reference beside this file.

const KEYSPACE = 'city-999900/1';
const keyOf = (name: string): Buffer => sha256(Buffer.from(`key ${name}`));
const pathOf = (name: string): Buffer => naivePath(KEYSPACE, 'license', keyOf(name));
const entryAt = (index: number): NaiveEntry => ({
  index,
  leafHash: leafHash(Buffer.from(`entry ${index}`)),
});
const leafOf = (path: Buffer, indexes: readonly number[]): NaiveLeaf => ({
  path,
  entries: indexes.map(entryAt),
});
/** A path that is the same up to a bit, which differs. */
const fork = (path: Buffer, bit: number): Buffer => {
  const other = Buffer.from(path);
  other[Math.floor(bit / 8)]! ^= 0x80 >>> (bit % 8);
  return other;
};

interface World {
  readonly name: string;
  readonly size: number;
  readonly leaves: readonly NaiveLeaf[];
}

const upTo = (size: number, step: number, first = 0): number[] =>
  Array.from({ length: Math.ceil((size - first) / step) }, (_, i) => first + i * step);

const many: World = {
  name: '40 keys in 600 entries',
  size: 600,
  leaves: Array.from({ length: 40 }, (_, i) =>
    leafOf(pathOf(String(i)), i === 0 ? upTo(600, 1) : upTo(600, 7 + 13 * i, i)),
  ),
};
const base = pathOf('base');
const deep: World = {
  name: 'paths that share 3, 12 and 255 bits',
  size: 9,
  leaves: [
    leafOf(base, [0, 4]),
    leafOf(fork(base, 3), [1]),
    leafOf(fork(base, 12), [2, 3, 8]),
    leafOf(fork(base, 255), [5]),
  ],
};
const single: World = { name: 'one key', size: 3, leaves: [leafOf(base, [1, 2])] };
const empty: World = { name: 'no keys', size: 5, leaves: [] };
const huge: World = {
  name: 'indexes beyond 2^32',
  size: 2 ** 53 - 1,
  leaves: [
    leafOf(base, [7, 2 ** 32, 5_000_000_000, 2 ** 53 - 2]),
    leafOf(fork(base, 1), [2 ** 33]),
  ],
};
const worlds = [empty, single, deep, many, huge];

const before = ({ leaves }: World, size: number): NaiveLeaf[] =>
  leaves
    .map(({ path, entries }) => ({ path, entries: entries.filter(({ index }) => index < size) }))
    .filter(({ entries }) => entries.length > 0);

function claimOf(
  { size, leaves }: World,
  path: Buffer,
  page = { from: 0, limit: Number.MAX_SAFE_INTEGER },
): NaiveClaim {
  return { size, indexRoot: naiveTrie(leaves), path, proof: naiveProve(leaves, path, page) };
}

type Named = readonly [name: string, claim: NaiveClaim];

/** Claims of every form; those that a mutant of each is made of come first. */
function goodClaims(): { readonly mutated: Named[]; readonly others: Named[] } {
  const place = (name: string): Buffer => pathOf(name);
  const absent = Array.from({ length: 200 }, (_, i) => place(`absent ${i}`));
  const formOf = (world: World, path: Buffer): number => claimOf(world, path).proof[0]!;
  const vacant = absent.find((path) => formOf(many, path) === 0)!;
  const beside = absent.find((path) => formOf(many, path) === 1)!;
  const list = (path: Buffer, from: number, limit: number): NaiveClaim =>
    claimOf(many, path, { from, limit });
  return {
    mutated: [
      ['no keys, absence', claimOf(empty, base)],
      ['one key, all', claimOf(single, base)],
      ['one key, absence of another', claimOf(single, fork(base, 0))],
      ['40 keys, all of 5', claimOf(many, place('9'))],
      ['40 keys, the count', list(place('9'), 0, 0)],
      ['40 keys, absence in an empty place', claimOf(many, vacant)],
      ['40 keys, absence beside another key', claimOf(many, beside)],
      ['40 keys, 3 of 600 from 254', list(place('0'), 254, 3)],
      ['40 keys, the last of 600', list(place('0'), 599, 1)],
      ['a way of 256 levels, the count', claimOf(deep, base, { from: 0, limit: 0 })],
    ],
    others: [
      ...many.leaves.map(({ path }, i): Named => [
        `40 keys, key ${i}, two from the start`,
        list(path, 0, 2),
      ]),
      ...absent
        .slice(0, 20)
        .map((path, i): Named => [`40 keys, absent key ${i}`, claimOf(many, path)]),
      ...deep.leaves.map(({ path }, i): Named => [`shared bits, key ${i}`, claimOf(deep, path)]),
      ...[0, 2, 3, 4, 100, 254].map((bit): Named => [
        `shared bits, absent, fork at ${bit}`,
        claimOf(deep, fork(base, bit)),
      ]),
      ...huge.leaves.map(({ path }, i): Named => [
        `indexes beyond 2^32, key ${i}`,
        claimOf(huge, path),
      ]),
      ['40 keys, 600 of 600', list(place('0'), 0, 600)],
      ['40 keys, the first 512 of 600', list(place('0'), 0, 512)],
      ['40 keys, 88 of 600 from 512', list(place('0'), 512, 88)],
    ],
  };
}

/** Indexes that a dishonest operator might sign: the proofs lead to their roots, and must be refused all the same. */
function wrongClaims(): Named[] {
  const at = (
    size: number,
    indexes: readonly number[],
    page?: { from: number; limit: number },
  ): NaiveClaim =>
    claimOf(
      { name: '', size, leaves: [leafOf(base, indexes), leafOf(fork(base, 2), [1])] },
      base,
      page,
    );
  return [
    ['positions out of order', at(9, [1, 5, 3, 8])],
    ['positions out of order, the page before', at(9, [1, 5, 3, 8], { from: 0, limit: 2 })],
    ['positions out of order, the page that shows it', at(9, [1, 5, 3, 8], { from: 1, limit: 2 })],
    ['a position twice', at(9, [1, 4, 4])],
    ['a position that is the size', at(9, [1, 9])],
    ['a position beyond the size', at(9, [1, 2 ** 33])],
    ['a first position that leaves no room for the rest', at(9, [8, 9], { from: 0, limit: 1 })],
    ['a last position without room for those before', at(9, [0, 1, 1], { from: 2, limit: 1 })],
    ['more positions than the log has entries', at(2, [0, 1, 2], { from: 0, limit: 0 })],
    [
      "more positions than entries, in another key's absence",
      claimOf({ name: '', size: 1, leaves: [leafOf(base, [0, 1])] }, fork(base, 5)),
    ],
  ];
}

function proofs(): object[] {
  const { mutated, others } = goodClaims();
  const cases: object[] = [];
  const names = new Set<string>();
  const add = (name: string, claim: NaiveClaim, expected?: string): void => {
    const verdict = judgeIndex(claim);
    const isRefused = typeof verdict === 'string';
    if (names.has(name)) throw new Error(`two cases ${name}`);
    if (expected !== undefined && (isRefused ? verdict : 'accept') !== expected) {
      throw new Error(`${name}: expected ${expected}, got ${JSON.stringify(verdict)}`);
    }
    names.add(name);
    const told = isRefused ? { accept: false, code: verdict } : { accept: true, ...verdict };
    cases.push({ name, ...claim, ...told });
  };
  for (const [name, claim] of [...mutated, ...others]) add(name, claim, 'accept');
  for (const [name, claim] of mutated) {
    for (const mutant of indexMutants(claim))
      add(`${name}: ${mutant.name}`, mutant.claim, mutant.code);
  }
  for (const [name, claim] of wrongClaims()) add(`wrong index: ${name}`, claim);
  return cases;
}

function paths(): object[] {
  const key = keyOf('path');
  const named = (name: string, keyspace: string, kind: string, bytes = key): object => {
    const isName = (text: string): boolean => /^[a-z0-9./-]{1,64}$/.test(text);
    const code =
      !isName(keyspace) || !isName(kind)
        ? 'VINDEX_KEY_NAME'
        : bytes.length === 32
          ? undefined
          : 'VINDEX_HASH_LENGTH';
    const told =
      code === undefined
        ? { accept: true, path: naivePath(keyspace, kind, bytes) }
        : { accept: false, code };
    return { name, keyspace, kind, key: bytes, ...told };
  };
  return [
    named('a license', KEYSPACE, 'license'),
    named('another kind', KEYSPACE, 'license-use'),
    named('another keyspace', 'city-999900/2', 'license'),
    named('another key', KEYSPACE, 'license', keyOf('another')),
    named('a character moved from kind to keyspace', `${KEYSPACE}l`, 'icense'),
    named('shortest names', 'a', 'b'),
    named('longest names', 'k'.repeat(64), 'n'.repeat(64)),
    named('no keyspace', '', 'license'),
    named('no kind', KEYSPACE, ''),
    named('a keyspace of 65 characters', 'k'.repeat(65), 'license'),
    named('upper case', KEYSPACE, 'License'),
    named('NUL in the keyspace', `${KEYSPACE}\0x`, 'license'),
    named('a newline after the kind', KEYSPACE, 'license\n'),
    named('a key of 31 bytes', KEYSPACE, 'license', key.subarray(1)),
    named('a key of 33 bytes', KEYSPACE, 'license', Buffer.concat([key, Buffer.of(0)])),
  ];
}

function roots(): object[] {
  return worlds.map((world) => ({
    name: world.name,
    leaves: world.leaves.map(({ path, entries }) => ({
      path,
      entries: entries.map(({ index, leafHash: hash }) => ({ index, leafHash: hash })),
    })),
    heads: [0, 1, 2, 3, 5, 9, 256, 257, 600, 2 ** 32, 2 ** 53 - 1]
      .filter((size) => size <= world.size)
      .map((size) => ({ size, indexRoot: naiveTrie(before(world, size)) })),
  }));
}

function file(description: string, cases: readonly object[]): string {
  const head = JSON.stringify({ description, suite: 'sha256' }).slice(0, -1);
  return `${head},"cases":[\n${cases.map((each) => JSON.stringify(each, replacer)).join(',\n')}\n]}\n`;
}

function replacer(this: unknown, key: string, value: unknown): unknown {
  const raw = (this as Record<string, unknown>)[key]; // Buffer.toJSON ran already
  return Buffer.isBuffer(raw) ? raw.toString('base64') : value;
}

/** Make the vectors of the verifiable index: path under vectors/ → text. */
export function generateIndex(): Record<string, string> {
  return {
    'index/paths.json': file('spec/index §1.1: the path of a key. Bytes are base64.', paths()),
    'index/roots.json': file(
      'spec/index §1: the index root at each size, of the lists given whole. Bytes are base64.',
      roots(),
    ),
    'index/proofs.json': file(
      'spec/index §4: what does `proof` say of the key at `path` in the index {size, indexRoot}? Bytes are base64.',
      proofs(),
    ),
  };
}
