import { leafHash as treeLeaf, nodeHash as treeNode, sha256 } from './naive-tree.ts';

// spec/index word by word: paths as strings of bits, lists and trie by recursion, everything from the beginning each time. Slow, and shares no
// code with the package that it is held against.

const MAX = 2n ** 53n - 1n;
const EMPTY = Buffer.alloc(32);

export interface NaiveEntry {
  readonly index: number;
  readonly leafHash: Buffer;
}
/** A key with its list. */
export interface NaiveLeaf {
  readonly path: Buffer;
  readonly entries: readonly NaiveEntry[];
}

/** The parts of a proof as they are written, sound or not. */
export interface NaiveProof {
  readonly form: number;
  readonly siblings: readonly (Buffer | undefined)[];
  readonly path?: Buffer;
  readonly count?: bigint;
  readonly listRoot?: Buffer;
  readonly from?: bigint;
  readonly length?: number;
  readonly entries?: readonly { readonly index: bigint; readonly leafHash: Buffer }[];
  readonly hashes?: readonly Buffer[];
}

export interface NaiveClaim {
  readonly size: number;
  readonly indexRoot: Buffer;
  readonly path: Buffer;
  readonly proof: Buffer;
}
export interface NaiveAnswer {
  readonly count: number;
  readonly from: number;
  readonly entries: readonly NaiveEntry[];
}

export const u64 = (value: bigint | number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
};
export const bitsOf = (path: Buffer): string =>
  [...path].map((byte) => byte.toString(2).padStart(8, '0')).join('');
const bitOf = (path: Buffer, depth: number): number =>
  Math.floor(path[Math.floor(depth / 8)]! / 2 ** (7 - (depth % 8))) % 2;

export function naivePath(keyspace: string, kind: string, key: Buffer): Buffer {
  return sha256(Buffer.of(4), Buffer.from(`${keyspace}\0${kind}\0`, 'ascii'), key);
}

const elementHash = ({ index, leafHash }: { index: bigint | number; leafHash: Buffer }): Buffer =>
  treeLeaf(Buffer.concat([Buffer.of(5), u64(index), leafHash]));
const keyLeaf = (path: Buffer, count: bigint | number, listRoot: Buffer): Buffer =>
  sha256(Buffer.of(2), path, u64(count), listRoot);
const inner = (left: Buffer, right: Buffer): Buffer => sha256(Buffer.of(3), left, right);

/** Of n > 1 leaves, how many RFC 9162 puts on the left. */
function leftOf(n: bigint): bigint {
  let k = 1n;
  while (k * 2n < n) k *= 2n;
  return k;
}

export function naiveListRoot(entries: readonly NaiveEntry[]): Buffer {
  if (entries.length === 1) return elementHash(entries[0]!);
  const k = Number(leftOf(BigInt(entries.length)));
  return treeNode(naiveListRoot(entries.slice(0, k)), naiveListRoot(entries.slice(k)));
}

/** The trie over leaves whose paths share their first `depth` bits. */
export function naiveTrie(leaves: readonly NaiveLeaf[], depth = 0): Buffer {
  if (leaves.length === 0) return EMPTY;
  const [{ path, entries }] = leaves as [NaiveLeaf];
  if (leaves.length === 1) return keyLeaf(path, entries.length, naiveListRoot(entries));
  const side = (bit: number): NaiveLeaf[] =>
    leaves.filter((leaf) => bitOf(leaf.path, depth) === bit);
  return inner(naiveTrie(side(0), depth + 1), naiveTrie(side(1), depth + 1));
}

/** Prove what an index of these leaves says of a path: `limit` entries from `from` on, 0 for the count. */
export function naiveProve(
  leaves: readonly NaiveLeaf[],
  path: Buffer,
  { from, limit }: { readonly from: number; readonly limit: number },
): Buffer {
  const siblings: (Buffer | undefined)[] = [];
  let here = leaves;
  for (let depth = 0; here.length > 1; depth++) {
    const isOnWay = (leaf: NaiveLeaf): boolean => bitOf(leaf.path, depth) === bitOf(path, depth);
    const beside = here.filter((leaf) => !isOnWay(leaf));
    siblings.push(beside.length === 0 ? undefined : naiveTrie(beside, depth + 1));
    here = here.filter(isOnWay);
  }
  const [leaf] = here;
  if (!leaf) return writeNaive({ form: 0, siblings });
  const count = BigInt(leaf.entries.length);
  const listRoot = naiveListRoot(leaf.entries);
  if (!leaf.path.equals(path)) {
    return writeNaive({ form: 1, siblings, path: leaf.path, count, listRoot });
  }
  if (limit === 0) return writeNaive({ form: 2, siblings, count, listRoot });
  const entries = leaf.entries.slice(from, from + limit);
  const to = from + entries.length;
  const hashes: Buffer[] = [];
  const outside = (begin: number, end: number): void => {
    if (end <= from || begin >= to) hashes.push(naiveListRoot(leaf.entries.slice(begin, end)));
    else if (end - begin > 1) {
      const middle = begin + Number(leftOf(BigInt(end - begin)));
      outside(begin, middle);
      outside(middle, end);
    }
  };
  outside(0, leaf.entries.length);
  const shown = entries.map(({ index, leafHash }) => ({ index: BigInt(index), leafHash }));
  return writeNaive({ form: 3, siblings, count, from: BigInt(from), entries: shown, hashes });
}

/** Write a proof, whatever its parts say. */
export function writeNaive(proof: NaiveProof): Buffer {
  const { form, siblings, path, count, listRoot, from, entries, hashes = [] } = proof;
  const head = Buffer.alloc(3);
  head[0] = form;
  head.writeUInt16BE(siblings.length, 1);
  const bits = siblings.map((sibling) => (sibling ? '1' : '0')).join('');
  const bitmap = bits.padEnd(Math.ceil(bits.length / 8) * 8, '0').match(/.{8}/g) ?? [];
  const parts: Buffer[] = [head, Buffer.from(bitmap.map((byte) => Number.parseInt(byte, 2)))];
  for (const sibling of siblings) if (sibling) parts.push(sibling);
  if (path) parts.push(path);
  if (count !== undefined) parts.push(u64(count));
  if (listRoot) parts.push(listRoot);
  if (from !== undefined) parts.push(u64(from));
  if (entries) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(proof.length ?? entries.length);
    parts.push(length);
    for (const { index, leafHash } of entries) parts.push(u64(index), leafHash);
  }
  return Buffer.concat([...parts, ...hashes]);
}

/** How many hashes lie outside a page, by the same recursion. */
export function naiveOutside(
  count: bigint,
  from: bigint,
  to: bigint,
  begin = 0n,
  end = count,
): number {
  if (end <= from || begin >= to) return 1;
  if (end - begin === 1n) return 0;
  const middle = begin + leftOf(end - begin);
  return naiveOutside(count, from, to, begin, middle) + naiveOutside(count, from, to, middle, end);
}

class Refusal extends Error {}
const refuse = (code: string): never => {
  throw new Refusal(code);
};

/** Read a proof: its parts, or the code that refuses it. */
export function readNaive(bytes: Buffer): NaiveProof {
  let rest = bytes;
  const take = (length: number): Buffer => {
    if (rest.length < length) refuse('VINDEX_PROOF_LENGTH');
    const part = rest.subarray(0, length);
    rest = rest.subarray(length);
    return part;
  };
  const number = (code: string): bigint => {
    const value = take(8).readBigUInt64BE();
    return value > MAX ? refuse(code) : value;
  };
  if (bytes.length > 3 + 32 + 256 * 32 + 20 + 65_536 * 40 + 106 * 32) refuse('VINDEX_PROOF_LIMIT');
  const form = take(1)[0]!;
  if (form > 3) refuse('VINDEX_FORM_UNKNOWN');
  const depth = take(2).readUInt16BE();
  if (depth > 256) refuse('VINDEX_DEPTH_RANGE');
  const bitmap = bitsOf(take(Math.ceil(depth / 8)));
  if (bitmap.slice(depth).includes('1')) refuse('VINDEX_BITMAP_PADDING');
  const siblings = [...bitmap.slice(0, depth)].map((bit) => {
    const sibling = bit === '1' ? take(32) : undefined;
    return sibling?.equals(EMPTY) === true ? refuse('VINDEX_SIBLING_ZERO') : sibling;
  });
  if (depth > 0 && !siblings.at(-1)) refuse('VINDEX_TRIE_COLLAPSE');
  const finish = (proof: NaiveProof): NaiveProof =>
    rest.length > 0 ? refuse('VINDEX_PROOF_LENGTH') : proof;
  if (form === 0) return finish({ form, siblings });
  const path = form === 1 ? take(32) : undefined;
  const count = number('VINDEX_COUNT_RANGE');
  if (count === 0n) refuse('VINDEX_COUNT_RANGE');
  if (path) return finish({ form, siblings, path, count, listRoot: take(32) });
  if (form === 2) return finish({ form, siblings, count, listRoot: take(32) });
  const from = number('VINDEX_PAGE_RANGE');
  const length = take(4).readUInt32BE();
  if (length > 65_536) refuse('VINDEX_PROOF_LIMIT');
  const to = from + BigInt(length);
  if (length === 0 || to > count) refuse('VINDEX_PAGE_RANGE');
  const entries = [];
  for (let i = 0; i < length; i++) {
    const index = number('VINDEX_POSITION_RANGE');
    entries.push({ index, leafHash: take(32) });
  }
  const hashes = [];
  for (let i = naiveOutside(count, from, to); i > 0; i--) hashes.push(take(32));
  return finish({ form, siblings, count, from, entries, hashes });
}

/** Judge a claim: what is known by it, or the code that refuses it. */
export function judgeIndex(claim: NaiveClaim): NaiveAnswer | string {
  try {
    return judge(claim);
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

function judge({ size, indexRoot, path, proof }: NaiveClaim): NaiveAnswer {
  if (!Number.isSafeInteger(size) || size < 0) refuse('VINDEX_SIZE_RANGE');
  if (indexRoot.length !== 32 || path.length !== 32) refuse('VINDEX_HASH_LENGTH');
  const {
    form,
    siblings,
    path: other,
    count = 0n,
    from = 0n,
    entries = [],
    hashes = [],
    ...more
  } = readNaive(proof);
  const depth = siblings.length;
  if (other) {
    const isBeside = bitsOf(other).slice(0, depth) === bitsOf(path).slice(0, depth);
    if (!isBeside || other.equals(path)) refuse('VINDEX_OTHER_PATH');
  }
  const left = [...hashes];
  const to = from + BigInt(entries.length);
  const rootOf = (begin: bigint, end: bigint): Buffer => {
    if (end <= from || begin >= to) return left.shift()!;
    if (end - begin === 1n) return elementHash(entries[Number(begin - from)]!);
    const middle = begin + leftOf(end - begin);
    const first = rootOf(begin, middle);
    return treeNode(first, rootOf(middle, end));
  };
  const listRoot = form === 3 ? rootOf(0n, count) : more.listRoot;
  const end = listRoot ? keyLeaf(other ?? path, count, listRoot) : EMPTY;
  const climb = (at: number): Buffer => {
    if (at === depth) return end;
    const [here, beside] = [climb(at + 1), siblings[at] ?? EMPTY];
    return bitOf(path, at) === 0 ? inner(here, beside) : inner(beside, here);
  };
  if (!climb(0).equals(indexRoot)) refuse('VINDEX_ROOT_MISMATCH');
  if (count > BigInt(size)) refuse('VINDEX_COUNT_RANGE');
  for (const [i, { index }] of entries.entries()) {
    const at = from + BigInt(i);
    if (i > 0 && index <= entries[i - 1]!.index) refuse('VINDEX_POSITION_ORDER');
    if (index < at || BigInt(size) - 1n - index < count - 1n - at) refuse('VINDEX_POSITION_RANGE');
  }
  return {
    count: form > 1 ? Number(count) : 0,
    from: Number(from),
    entries: entries.map(({ index, leafHash }) => ({ index: Number(index), leafHash })),
  };
}
