import { createHash } from 'node:crypto';
import { MerkleTree } from 'merkletreejs';
import { formatHex } from '@anchorlog/core';
import {
  Frontier,
  MemoryTree,
  proveConsistency,
  proveInclusion,
  rootNodes,
  sha256Tree,
  verifyInclusion,
} from '@anchorlog/tlog';
import { nodeTreeHasher, platformTreeHasher } from '@anchorlog/tlog/node';
import { simdTreeHasher } from '@anchorlog/tlog/simd';
import { collectGarbage, cpuTimed, quantile, timed, type BenchRow } from './row.ts';
import { hashTreeInC, type NativeTree } from './sha-ni.ts';

const HASH = 32;
const PREFIX = Buffer.of(1);
const hasher = nodeTreeHasher();
const nodeHash = (pair: Buffer): Buffer =>
  createHash('sha256').update(PREFIX).update(pair).digest();

/**
 * Measure trees and proofs over `leaves` leaves beside merkletreejs and C, which give the same roots, and over ten times as many. Takes
 * about 30 seconds and 2 GB for a million.
 */
export async function benchTree({
  leaves = 1_000_000,
  samples = 10_000,
}: {
  readonly leaves?: number;
  readonly samples?: number;
} = {}): Promise<BenchRow[]> {
  const row = leafRow(leaves);
  return [
    ...benchRows(row.subarray(0, 512 * HASH)),
    ...benchBuild(row),
    ...benchTenTimes(row, samples),
    ...benchProofs(row, samples),
  ];
}

/** One row of nodes by each hasher, over and over, in turn. */
function benchRows(src: Uint8Array): BenchRow[] {
  const pairs = Math.floor(src.length / HASH / 2);
  const dst = new Uint8Array(pairs * HASH);
  const hashers = [simdTreeHasher(), platformTreeHasher('sha256'), sha256Tree];
  const times: number[][] = hashers.map(() => []);
  for (let turn = 0; turn < 20; turn++) {
    for (const [i, one] of hashers.entries()) {
      const ms = cpuTimed(() => {
        for (let run = 0; run < 50; run++) one.hashNodes(src, 0, dst, 0, pairs);
      });
      times[i]?.push((ms * 1e6) / (50 * pairs));
    }
  }
  const [lanes, platform, pure] = times.map((list) => quantile(list, 0.25)) as [
    number,
    number,
    number, // one for each hasher
  ];
  return [
    against('hash a node of a row', lanes, 'ns', ["Node's own", platform], 2),
    against('hash a node of a row, anywhere', lanes, 'ns', ['pure JavaScript', pure], 6),
  ];
}

/** Build here, in C and there in turn, so that a slow phase of the machine hits all; the least disturbed run of each counts. */
function benchBuild(row: Uint8Array): BenchRow[] {
  const leaves = row.length / HASH;
  const ours: number[] = [];
  const theirs: number[] = [];
  const limits: NativeTree[] = [];
  const roots = new Set<string>();
  let memory = 0;
  for (let turn = 0; turn < 2; turn++) {
    for (let i = 0; i < 5; i++) {
      const { made, ms, bytes } = measured(() => treeOf(row));
      memory = bytes;
      ours.push(ms);
      roots.add(formatHex(made.root()));
    }
    const inC = hashTreeInC(row);
    if (inC) limits.push(inC);
    const list = buffers(row);
    const { made, ms } = measured(() => new MerkleTree(list, nodeHash));
    theirs.push(ms);
    roots.add(made.getRoot().toString('hex'));
  }
  for (const { root } of limits) roots.add(root);
  if (roots.size > 1) throw new Error('the trees have different roots');

  const count = leaves.toLocaleString('en');
  const [ourBuild, theirBuild] = [Math.min(...ours), Math.min(...theirs)];
  const limit = Math.min(...limits.map(({ ms }) => ms));
  const inC = ['C with SHA instructions', limit] as const;
  return [
    against(`build ${count} leaves`, ourBuild, 'ms', ['merkletreejs', theirBuild], 12),
    ...(limits.length > 0 ? [within(`build ${count} leaves, limit`, ourBuild, 'ms', inC, 5)] : []),
    absolute(`memory of ${count} leaves`, memory / leaves, 'bytes a leaf', 65),
  ];
}

/** The same leaves ten times over, held against the smaller tree. */
function benchTenTimes(row: Uint8Array, samples: number): BenchRow[] {
  const [smaller, larger] = [1, 10].map((times) => {
    const { made: tree, ms } = measured(() => treeOf(...Array.from({ length: times }, () => row)));
    const { size } = tree;
    const proofs = places(samples, size).map((index) =>
      timed(() => proveInclusion({ index, size }, tree.node, hasher)),
    );
    const batch = leafRow(1000, 'appended');
    const appends = Array.from({ length: 21 }, () =>
      timed(() => {
        tree.append(batch);
        tree.root();
      }),
    );
    const inclusion = quantile(proofs, 0.99) * 1000;
    return { size, build: ms / times, inclusion, append: quantile(appends, 0.5) };
  }) as [Measured, Measured]; // one for each number of times
  const count = larger.size.toLocaleString('en');
  const million = smaller.size.toLocaleString('en');
  return [
    within(`build ${count} leaves, a tenth`, larger.build, 'ms', [million, smaller.build], 1.5),
    within(
      `inclusion proof at ${count}, p99`,
      larger.inclusion,
      'µs',
      [million, smaller.inclusion],
      2,
    ),
    within(
      `append 1,000 to ${count} in memory`,
      larger.append,
      'ms',
      [million, smaller.append],
      1.5,
    ),
  ];
}

interface Measured {
  readonly size: number;
  readonly build: number;
  readonly inclusion: number;
  readonly append: number;
}

function benchProofs(row: Uint8Array, samples: number): BenchRow[] {
  const leaves = row.length / HASH;
  const batch = leafRow(1000, 'appended');
  const count = leaves.toLocaleString('en');
  const rows: BenchRow[] = [];
  const list = buffers(row);
  const [tree, theirs] = [treeOf(row), new MerkleTree(list, nodeHash)];

  // Proofs at the size of the tree; theirs is told the index, without which it searches for the leaf.
  const indexes = places(samples, leaves);
  const treeHead = { size: leaves, rootHash: tree.root() };
  const ours = indexes.map((index) =>
    timed(() => proveInclusion({ index, size: leaves }, tree.node, hasher)),
  );
  const theirProofs = indexes.map((index) => timed(() => theirs.getProof(list[index]!, index)));
  rows.push({
    ...absolute('inclusion proof, p99', quantile(ours, 0.99) * 1000, 'µs', 100),
    against: `merkletreejs ${figure(quantile(theirProofs, 0.99) * 1000)} µs`,
    ratio: quantile(theirProofs, 0.99) / quantile(ours, 0.99),
  });
  const searched = quantile(
    indexes.slice(0, 20).map((index) => timed(() => theirs.getProof(list[index]!))),
    0.5,
  );
  rows.push(
    against(
      'inclusion proof, p50',
      quantile(ours, 0.5) * 1000,
      'µs',
      ['merkletreejs by leaf', searched * 1000],
      100,
    ),
  );
  const older = indexes.map((index) => index + 1);
  const earlier = older.map((size) =>
    timed(() => proveInclusion({ index: size - 1, size }, tree.node, hasher)),
  );
  rows.push(
    absolute('inclusion proof at an older size, p99', quantile(earlier, 0.99) * 1000, 'µs', 100),
  );
  const consistency = older.map((olderSize) =>
    timed(() => proveConsistency({ olderSize, newerSize: leaves }, tree.node, hasher)),
  );
  rows.push(absolute('consistency proof, p99', quantile(consistency, 0.99) * 1000, 'µs', 100));

  const proofs = indexes.map((index) => ({
    index,
    leafHash: list[index]!,
    treeHead,
    hashes: proveInclusion({ index, size: leaves }, tree.node, hasher),
  }));
  const verify = proofs.map((claim) => timed(() => verifyInclusion(claim, hasher)));
  const root = theirs.getRoot();
  const theirVerify = indexes.slice(0, 1000).map((index) => {
    const proof = theirs.getProof(list[index]!, index);
    return timed(() => theirs.verify(proof, list[index]!, root));
  });
  const verified = [quantile(verify, 0.5) * 1000, quantile(theirVerify, 0.5) * 1000] as const;
  rows.push(against('verify inclusion, p50', verified[0], 'µs', ['merkletreejs', verified[1]], 3));

  // Append, last, since it changes both trees. Frontiers of any size are cheap: their hashes need not be of real leaves.
  const appends = [leaves, 10 * leaves].map((size) => {
    const hashes = rootNodes(size).map((_, i) => batch.slice(i * HASH, i * HASH + HASH));
    const frontier = Frontier.from({ size, hashes }, hasher);
    const times = Array.from({ length: 21 }, () => {
      const copy = frontier.clone();
      return timed(() => {
        copy.append(batch);
        copy.root();
      });
    });
    return quantile(times, 0.5);
  });
  const theirAppend = timed(() => {
    theirs.addLeaves(buffers(batch));
    theirs.getRoot();
  });
  const [append, appendLater] = appends as [number, number]; // one for each of the two sizes
  rows.push(
    against(`append 1,000 to ${count}`, append, 'ms', ['merkletreejs', theirAppend], 5000),
    absolute(`append 1,000 to ${count}, root included`, append, 'ms', 0.5),
    absolute(`append 1,000 to ten times as many`, appendLater, 'ms', 0.5),
  );
  return rows;
}

function within(
  name: string,
  value: number,
  unit: string,
  [other, figureOf]: readonly [string, number],
  most: number,
): BenchRow {
  return {
    name,
    value,
    unit,
    against: `${other} ${figure(figureOf)} ${unit}`,
    ratio: figureOf / value,
    goal: `≤ ${most} times that`,
    met: value <= most * figureOf,
  };
}

function against(
  name: string,
  value: number,
  unit: string,
  [other, figureOf]: readonly [string, number],
  goal: number,
): BenchRow {
  const ratio = figureOf / value;
  return {
    name,
    value,
    unit,
    against: `${other} ${figure(figureOf)} ${unit}`,
    ratio,
    goal: `≥ ${goal.toLocaleString('en')}×`,
    met: ratio >= goal,
  };
}

function absolute(name: string, value: number, unit: string, most: number): BenchRow {
  return {
    name,
    value,
    unit,
    against: '',
    ratio: undefined,
    goal: `≤ ${most} ${unit}`,
    met: value <= most,
  };
}

const figure = (value: number): string =>
  value.toLocaleString('en', { maximumSignificantDigits: 3 });

/** What is made, the processor time that it takes in milliseconds, and the bytes of its arrays. */
function measured<T>(make: () => T): {
  readonly made: T;
  readonly ms: number;
  readonly bytes: number;
} {
  collectGarbage();
  const before = process.memoryUsage().arrayBuffers;
  const all: T[] = [];
  const ms = cpuTimed(() => void all.push(make()));
  return { made: all[0]!, ms, bytes: process.memoryUsage().arrayBuffers - before };
}

function treeOf(...rows: readonly Uint8Array[]): MemoryTree {
  const tree = new MemoryTree(hasher);
  for (const row of rows) tree.append(row);
  tree.root();
  return tree;
}

function leafRow(count: number, name = 'entry'): Uint8Array {
  const row = new Uint8Array(count * HASH);
  for (let i = 0; i < count; i++) hasher.hashLeaves([Buffer.from(`${name} ${i}`)], row, i * HASH);
  return row;
}

const buffers = (row: Uint8Array): Buffer[] =>
  Array.from({ length: row.length / HASH }, (_, i) => Buffer.from(row.buffer, i * HASH, HASH));

/** Places spread over a tree, the same in each run. */
const places = (count: number, size: number): number[] =>
  Array.from({ length: count }, (_, i) => (i * 7919 * 104_729) % size);

if (process.argv[1] === import.meta.filename) {
  for (const { name, value, unit, against: other, ratio, goal, met } of await benchTree()) {
    const than = ratio === undefined ? other : `${other}, ${figure(ratio)}×`;
    console.log(
      `${met ? 'met   ' : 'missed'} ${name}: ${figure(value)} ${unit} (goal ${goal}) ${than}`,
    );
  }
}
