import { createHash } from 'node:crypto';
import { MerkleTree } from 'merkletreejs';
import {
  Frontier,
  MemoryTree,
  proveConsistency,
  proveInclusion,
  rootNodes,
  verifyInclusion,
} from '@anchorlog/tlog';
import { nodeTreeHasher } from '@anchorlog/tlog/node';
import { cpuTimed, quantile, timed, type BenchRow } from './row.ts';

const HASH = 32;
const PREFIX = Buffer.of(1);
const nodeHash = (pair: Buffer): Buffer =>
  createHash('sha256').update(PREFIX).update(pair).digest();

/** Measure trees and proofs over `leaves` leaves beside merkletreejs, which gives the same roots. Takes about 15 seconds for a million. */
export async function benchTree({
  leaves = 1_000_000,
  samples = 10_000,
}: {
  readonly leaves?: number;
  readonly samples?: number;
} = {}): Promise<BenchRow[]> {
  const hasher = nodeTreeHasher();
  const row = leafRow(leaves);
  const batch = leafRow(1000, 'appended');
  const count = leaves.toLocaleString('en');

  // Build in turn, so that a slow phase of the machine hits both; the least disturbed run of each counts.
  let tree = new MemoryTree(hasher);
  const build = (): number =>
    cpuTimed(() => {
      tree = new MemoryTree(hasher);
      tree.append(row);
      tree.root();
    });
  const list = buffers(row);
  const before = process.memoryUsage().arrayBuffers;
  const builds = [build()];
  const perLeaf = (process.memoryUsage().arrayBuffers - before) / leaves;
  let theirs = new MerkleTree([]);
  const buildTheirs = (): number =>
    cpuTimed(() => {
      theirs = new MerkleTree(list, nodeHash);
    });
  const theirBuilds = [buildTheirs()];
  if (!theirs.getRoot().equals(tree.root())) throw new Error('the two trees have different roots');
  builds.push(build());
  theirBuilds.push(buildTheirs());
  builds.push(build());
  const [ourBuild, theirBuild] = [Math.min(...builds), Math.min(...theirBuilds)];
  const rows = [
    against(`build ${count} leaves`, ourBuild, 'ms', ['merkletreejs', theirBuild], 6),
    absolute(`memory of ${count} leaves`, perLeaf, 'bytes a leaf', 65),
  ];

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

function leafRow(count: number, name = 'entry'): Uint8Array {
  const row = new Uint8Array(count * HASH);
  const hasher = nodeTreeHasher();
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
