import { sha256 } from './naive-tree.ts';
import {
  bitsOf,
  naiveOutside,
  readNaive,
  writeNaive,
  type NaiveClaim,
  type NaiveProof,
} from './naive-index.ts';

/** A claim that was made of an accepted one and must be refused, with the code that refuses it. */
export interface IndexMutant {
  readonly name: string;
  readonly code: string;
  readonly claim: NaiveClaim;
}

const TOO_LARGE = 2n ** 53n;
const stray = sha256(Buffer.from('a hash of no index'));
const MISMATCH = 'VINDEX_ROOT_MISMATCH';

const flip = (bytes: Buffer, bit = 0): Buffer => {
  const flipped = Buffer.from(bytes);
  flipped[Math.floor(bit / 8)]! ^= 0x80 >>> (bit % 8);
  return flipped;
};
const put = <T>(list: readonly T[], at: number, item: T): T[] =>
  list.map((each, i) => (i === at ? item : each));
const swap = <T>(list: readonly T[], a: number, b: number): T[] =>
  list.map((each, i) => (i === a ? list[b]! : i === b ? list[a]! : each));

/** Make every named mutant of an accepted claim. Each changes one thing and is sound otherwise. */
export function indexMutants(good: NaiveClaim): IndexMutant[] {
  const mutants: IndexMutant[] = [];
  const proof = readNaive(good.proof);
  const add: Add = (name, code, change) => {
    const { parts, ...rest } = change;
    const written = parts ? writeNaive({ ...proof, ...parts }) : good.proof;
    mutants.push({ name, code, claim: { ...good, proof: written, ...rest } });
  };
  addFrames(good, proof, add);
  addSiblings(proof, add);
  addClaims(good, proof, add);
  addForms(good, proof, add);
  if (proof.listRoot) addLeaves(good, proof, proof.listRoot, add);
  if (proof.entries) addPages(good, proof, add);
  return mutants;
}

type Change = Partial<NaiveClaim> & { readonly parts?: Partial<NaiveProof> };
type Add = (name: string, code: string, change: Change) => void;

function addFrames({ proof: bytes }: NaiveClaim, { siblings }: NaiveProof, add: Add): void {
  const depth = siblings.length;
  const edited = (edit: (copy: Buffer) => void): Buffer => {
    const copy = Buffer.from(bytes);
    edit(copy);
    return copy;
  };
  add('no bytes', 'VINDEX_PROOF_LENGTH', { proof: Buffer.alloc(0) });
  add('a byte after the end', 'VINDEX_PROOF_LENGTH', {
    proof: Buffer.concat([bytes, Buffer.of(0)]),
  });
  add('a hash after the end', 'VINDEX_PROOF_LENGTH', { proof: Buffer.concat([bytes, stray]) });
  add('last byte missing', 'VINDEX_PROOF_LENGTH', { proof: bytes.subarray(0, -1) });
  add('only its first half', 'VINDEX_PROOF_LENGTH', { proof: bytes.subarray(0, bytes.length / 2) });
  add('a form to come', 'VINDEX_FORM_UNKNOWN', { proof: edited((b) => (b[0] = 4)) });
  add('form 255', 'VINDEX_FORM_UNKNOWN', { proof: edited((b) => (b[0] = 255)) });
  add('depth 257', 'VINDEX_DEPTH_RANGE', { proof: edited((b) => b.writeUInt16BE(257, 1)) });
  if (depth % 8 > 0) {
    const at = 3 + Math.floor(depth / 8);
    add('last padding bit of the bitmap set', 'VINDEX_BITMAP_PADDING', {
      proof: edited((b) => (b[at]! |= 1)),
    });
    add('first padding bit of the bitmap set', 'VINDEX_BITMAP_PADDING', {
      proof: edited((b) => (b[at]! |= 0x80 >>> (depth % 8))),
    });
  }
}

function addSiblings({ siblings, path: other }: NaiveProof, add: Add): void {
  const depth = siblings.length;
  const full = siblings.flatMap((sibling, i) => (sibling ? [i] : []));
  const change = (changed: readonly (Buffer | undefined)[]): Change => ({
    parts: { siblings: changed },
  });
  for (const i of new Set([full[0], full[Math.floor(full.length / 2)], full.at(-1)])) {
    if (i === undefined) continue;
    const of = `sibling ${i} of ${depth}`;
    add(`${of}: bit flipped`, MISMATCH, change(put(siblings, i, flip(siblings[i]!, i))));
    add(`${of}: zeros`, 'VINDEX_SIBLING_ZERO', change(put(siblings, i, Buffer.alloc(32))));
    const code = i === depth - 1 ? 'VINDEX_TRIE_COLLAPSE' : MISMATCH;
    add(`${of}: taken as empty`, code, change(put(siblings, i, undefined)));
  }
  const hole = siblings.indexOf(undefined);
  if (hole >= 0) add('an empty sibling filled', MISMATCH, change(put(siblings, hole, stray)));
  if (full.length > 1) {
    const [a, b] = [full[0]!, full.at(-1)!];
    add('first and last sibling exchanged', MISMATCH, change(swap(siblings, a, b)));
    add(
      'siblings in reverse',
      siblings[0] ? MISMATCH : 'VINDEX_TRIE_COLLAPSE',
      change(siblings.toReversed()),
    );
  }
  // One level up or down is another place; a leaf of another key need not lie in it.
  if (depth < 256 && !other) add('one level more', MISMATCH, change([...siblings, stray]));
  if (depth > 0) {
    const code = depth > 1 && !siblings[depth - 2] ? 'VINDEX_TRIE_COLLAPSE' : MISMATCH;
    add('one level less', code, change(siblings.slice(0, -1)));
  }
}

function addClaims(good: NaiveClaim, { siblings, path: other }: NaiveProof, add: Add): void {
  const { indexRoot, path } = good;
  add('root: bit flipped', MISMATCH, { indexRoot: flip(indexRoot, 9) });
  if (!indexRoot.equals(Buffer.alloc(32))) {
    add('root: zeros', MISMATCH, { indexRoot: Buffer.alloc(32) });
  }
  add('root: cut', 'VINDEX_HASH_LENGTH', { indexRoot: indexRoot.subarray(1) });
  add('path: cut', 'VINDEX_HASH_LENGTH', { path: path.subarray(1) });
  add('size: -1', 'VINDEX_SIZE_RANGE', { size: -1 });
  add('size: not whole', 'VINDEX_SIZE_RANGE', { size: good.size + 0.5 });
  add('size: 2^53', 'VINDEX_SIZE_RANGE', { size: 2 ** 53 });
  if (siblings.length > 0) {
    const code = other ? 'VINDEX_OTHER_PATH' : MISMATCH;
    add('path: first bit flipped', code, { path: flip(path, 0) });
    const last = siblings.length - 1;
    add('path: last bit of the way flipped', code, { path: flip(path, last) });
  }
}

function addForms({ path }: NaiveClaim, proof: NaiveProof, add: Add): void {
  const { form, siblings } = proof;
  const list = { count: 1n, listRoot: stray };
  const only = (parts: NaiveProof): Change => ({ proof: writeNaive(parts) });
  const beside = flip(path, 255);
  if (form !== 0) add('as an empty place', MISMATCH, only({ form: 0, siblings }));
  if (form > 1) {
    const { count = 1n, listRoot = stray } = proof;
    const own = only({ form: 1, siblings, path, count, listRoot });
    add('absence by its own leaf', 'VINDEX_OTHER_PATH', own);
  }
  if (form === 0) {
    if (siblings.length < 256) {
      add(
        'a leaf in the empty place',
        MISMATCH,
        only({ form: 1, siblings, path: beside, ...list }),
      );
    }
    add('a count in the empty place', MISMATCH, only({ form: 2, siblings, ...list }));
  }
  if (form === 1) {
    const { count, listRoot } = proof;
    add(
      "the other key's list as its own",
      MISMATCH,
      only({ form: 2, siblings, count: count!, listRoot: listRoot! }),
    );
    add("the other key's path as the claim's", 'VINDEX_OTHER_PATH', { path: proof.path! });
  }
}

function addLeaves(good: NaiveClaim, proof: NaiveProof, listRoot: Buffer, add: Add): void {
  const { count, path } = proof as Required<NaiveProof>; // forms 1 and 2 have a count
  add('count: one more', MISMATCH, { parts: { count: count + 1n } });
  add('count: 0', 'VINDEX_COUNT_RANGE', { parts: { count: 0n } });
  add('count: 2^53', 'VINDEX_COUNT_RANGE', { parts: { count: TOO_LARGE } });
  add('list root: bit flipped', MISMATCH, { parts: { listRoot: flip(listRoot, 200) } });
  add('size: less than the count', 'VINDEX_COUNT_RANGE', { size: Number(count) - 1 });
  if (!path) return;
  add(
    'other path: last bit flipped',
    bitsOf(flip(path, 255)) === bitsOf(good.path) ? 'VINDEX_OTHER_PATH' : MISMATCH,
    {
      parts: { path: flip(path, 255) },
    },
  );
  if (proof.siblings.length > 0) {
    add('other path: first bit flipped', 'VINDEX_OTHER_PATH', { parts: { path: flip(path, 0) } });
  }
}

function addPages({ size }: NaiveClaim, proof: NaiveProof, add: Add): void {
  const { count, from, entries, hashes } = proof as Required<NaiveProof>; // form 3 has them
  const n = entries.length;
  const to = from + BigInt(n);
  /** Parts changed, with as many hashes as they demand. */
  const fitted = (parts: Partial<NaiveProof>): Change => {
    const all = { count, from, entries, ...parts };
    const wanted = naiveOutside(all.count, all.from, all.from + BigInt(all.entries.length));
    const padded = Array.from({ length: wanted }, (_, i) => hashes[i] ?? stray);
    return { parts: { ...all, hashes: padded } };
  };
  add('count: one more', MISMATCH, fitted({ count: count + 1n }));
  add('count: doubled', MISMATCH, fitted({ count: 2n * count }));
  add('count: 0', 'VINDEX_COUNT_RANGE', { parts: { count: 0n } });
  add('count: 2^53', 'VINDEX_COUNT_RANGE', { parts: { count: TOO_LARGE } });
  if (count > to) add('count: one less', MISMATCH, fitted({ count: count - 1n }));
  else if (count > 1n)
    add('count: one less', 'VINDEX_PAGE_RANGE', { parts: { count: count - 1n } });
  if (to < count) add('from: one more', MISMATCH, fitted({ from: from + 1n }));
  else add('from: one more', 'VINDEX_PAGE_RANGE', { parts: { from: from + 1n } });
  if (from > 0n) add('from: one less', MISMATCH, fitted({ from: from - 1n }));
  add('from: 2^53', 'VINDEX_PAGE_RANGE', { parts: { from: TOO_LARGE } });
  add('no entries', 'VINDEX_PAGE_RANGE', { parts: { entries: [] } });
  add('more entries than the list', 'VINDEX_PAGE_RANGE', {
    parts: { length: Number(count - from) + 1 },
  });
  add('more entries than a page', 'VINDEX_PROOF_LIMIT', {
    parts: { count: 2n ** 40n, length: 65_537 },
  });
  for (const i of new Set([0, n - 1])) {
    const entry = entries[i]!;
    const of = `entry ${i} of ${n}`;
    const others = entries.filter((_, at) => at !== i);
    if (n > 1) {
      add(
        `${of}: left out, and the count one less`,
        MISMATCH,
        fitted({ entries: others, count: count - 1n }),
      );
      if (i === n - 1) add(`${of}: left out`, MISMATCH, fitted({ entries: others }));
    }
    const twice = entries.toSpliced(i, 0, entry);
    add(
      `${of}: twice, and the count one more`,
      MISMATCH,
      fitted({ entries: twice, count: count + 1n }),
    );
    const later = put(entries, i, { ...entry, index: entry.index + 1n });
    add(`${of}: index one more`, MISMATCH, { parts: { entries: later } });
    const far = put(entries, i, { ...entry, index: TOO_LARGE });
    add(`${of}: index 2^53`, 'VINDEX_POSITION_RANGE', { parts: { entries: far } });
    const wrap = put(entries, i, { ...entry, index: entry.index + 2n ** 32n });
    add(`${of}: index 2^32 more`, MISMATCH, { parts: { entries: wrap } });
    const forged = put(entries, i, { ...entry, leafHash: flip(entry.leafHash, 77) });
    add(`${of}: leaf hash flipped`, MISMATCH, { parts: { entries: forged } });
  }
  if (n > 1)
    add('two entries exchanged', MISMATCH, { parts: { entries: swap(entries, 0, n - 1) } });
  for (const i of new Set(hashes.length > 0 ? [0, hashes.length - 1] : [])) {
    const flipped = put(hashes, i, flip(hashes[i]!, 3));
    add(`hash ${i} of ${hashes.length}: bit flipped`, MISMATCH, { parts: { hashes: flipped } });
    const fewer = hashes.filter((_, at) => at !== i);
    add(`hash ${i} of ${hashes.length}: missing`, 'VINDEX_PROOF_LENGTH', {
      parts: { hashes: fewer },
    });
  }
  if (hashes.length > 1) {
    add('hashes in reverse', MISMATCH, { parts: { hashes: hashes.toReversed() } });
  }
  const last = Number(entries.at(-1)!.index);
  if (size > 0 && count <= BigInt(last)) {
    add('size: the last index shown', 'VINDEX_POSITION_RANGE', { size: last });
  }
  add('size: less than the count', 'VINDEX_COUNT_RANGE', { size: Number(count) - 1 });
}
