import {
  AbiCoder,
  computeAddress,
  concat,
  dataSlice,
  encodeBase64,
  encodeRlp,
  getBytes,
  hexlify,
  id,
  keccak256,
  type RlpStructuredData,
  SigningKey,
  toBeArray,
  toBeHex,
  toUtf8Bytes,
} from 'ethers';

// What chain evidence is made of (spec/evidence), by ethers and a naive trie: no code is shared with the package under test.

export const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
export const integer = (value: number | bigint): string =>
  BigInt(value) === 0n ? '0x' : hexlify(toBeArray(value));
export const word = (value: number | bigint): string => toBeHex(value, 32);
export const zeros = (bytes: number): string => `0x${'00'.repeat(bytes)}`;
export const base64 = (hex: string): string => encodeBase64(hex);

export interface Case {
  readonly name: string;
  readonly accept: boolean;
  readonly code?: string;
  readonly [member: string]: unknown;
}

export const string = (bytes: number): string => `0x${'61'.repeat(bytes)}`;

export type Pair = readonly [path: string, value: string];

/** Every node of a trie, in the order root first, with the part of the path that leads to it. */
export interface NaiveNode {
  readonly at: string;
  readonly rlp: string;
}

export const hexPrefix = (path: string, leaf: boolean): string => {
  const flag = (leaf ? 2 : 0) + (path.length % 2);
  return `0x${flag}${path.length % 2 === 0 ? '0' : ''}${path}`;
};

/** Merkle Patricia trie by the letter of its definition; paths are hexadecimal digits. */
export function naiveTrie(
  pairs: readonly Pair[],
  at = '',
): { structure: RlpStructuredData; nodes: NaiveNode[] } {
  const rest = pairs.map(([path, value]) => [path.slice(at.length), value] as const);
  if (pairs.length === 1) {
    const structure = [hexPrefix(rest[0]![0], true), rest[0]![1]];
    return { structure, nodes: [{ at, rlp: encodeRlp(structure) }] };
  }
  const first = rest[0]![0];
  let shared = 0;
  while (shared < first.length && rest.every(([path]) => path[shared] === first[shared])) shared++;
  if (shared > 0) {
    const below = naiveTrie(pairs, at + first.slice(0, shared));
    const structure = [hexPrefix(first.slice(0, shared), false), refer(below.structure)];
    return { structure, nodes: [{ at, rlp: encodeRlp(structure) }, ...below.nodes] };
  }
  const nodes: NaiveNode[] = [];
  const structure: RlpStructuredData[] = [];
  for (const digit of '0123456789abcdef') {
    const group = pairs.filter(([path]) => path[at.length] === digit);
    if (group.length === 0) structure.push('0x');
    else {
      const below = naiveTrie(group, at + digit);
      structure.push(refer(below.structure));
      nodes.push(...below.nodes);
    }
  }
  structure.push(rest.find(([path]) => path === '')?.[1] ?? '0x');
  return { structure, nodes: [{ at, rlp: encodeRlp(structure) }, ...nodes] };
}

export function refer(structure: RlpStructuredData): RlpStructuredData {
  const rlp = encodeRlp(structure);
  return rlp.length < 2 + 64 ? structure : keccak256(rlp);
}

export const keyOf = (index: number): string => encodeRlp(integer(index)).slice(2);

/** Root and proof of the value at `index` in a trie of values by index. */
export function prove(values: readonly string[], index: number): { root: string; nodes: string[] } {
  const { structure, nodes } = naiveTrie(values.map((value, i) => [keyOf(i), value]));
  const onPath = nodes.filter(({ at }) => keyOf(index).startsWith(at));
  const listed = onPath.filter(({ rlp }, i) => i === 0 || rlp.length >= 2 + 64);
  return { root: keccak256(encodeRlp(structure)), nodes: listed.map(({ rlp }) => rlp) };
}

export interface Log {
  readonly address: string;
  readonly topics: readonly string[];
  readonly data: string;
}

export const receiptFields = (status: number | string, gas: number, logs: readonly Log[]): string =>
  encodeRlp([
    typeof status === 'string' ? status : integer(status),
    integer(gas),
    zeros(256),
    logs.map(({ address, topics, data }) => [address, [...topics], data]),
  ]);

export const receipt = (type: number, status: number, gas: number, logs: readonly Log[]): string =>
  type === 0
    ? receiptFields(status, gas, logs)
    : concat([toBeHex(type, 1), receiptFields(status, gas, logs)]);

export const CONTRACT = '0x5fbdb2315678afecb367f032d93f642f64180aa3';
export const OTHER_CONTRACT = '0xe7f1725e7734ce288f8367e1bb143e90bb3f0512';
export const ORIGIN = 'example.gov/licenses';
export const CHAIN_ID = 1337;
export const EVENT = 'TreeHeadAnchored(bytes32,uint64,uint256,uint64,bytes32,bytes32,bool)';

export interface Anchor {
  readonly logId: string;
  readonly number: number | bigint;
  readonly chainId: number | bigint;
  readonly size: number | bigint;
  readonly rootHash: string;
  readonly indexRoot: string;
  readonly checked: number;
}

export const ANCHOR: Anchor = {
  logId: keccak256(toUtf8Bytes(ORIGIN)),
  number: 7,
  chainId: CHAIN_ID,
  size: 1041,
  rootHash: id('root hash'),
  indexRoot: id('index root'),
  checked: 1,
};

export const anchored = (change: Partial<Anchor> = {}): Log => {
  const { logId, number, chainId, size, rootHash, indexRoot, checked } = { ...ANCHOR, ...change };
  return {
    address: CONTRACT,
    topics: [id(EVENT), logId, word(number)],
    data: AbiCoder.defaultAbiCoder().encode(
      ['uint256', 'uint256', 'bytes32', 'bytes32', 'uint256'],
      [chainId, size, rootHash, indexRoot, checked],
    ),
  };
};

export const noise = (i: number): string =>
  receipt(
    i % 3,
    1,
    21_000 * (i + 1),
    i % 2 === 0 ? [] : [{ address: OTHER_CONTRACT, topics: [id(`noise ${i}`)], data: '0x' }],
  );

/** A block's receipts with one of interest at `index` among others. */
export const among = (of: string, index: number, count: number): string[] =>
  Array.from({ length: count }, (_, i) => (i === index ? of : noise(i)));

export interface Validator {
  readonly key: SigningKey;
  readonly address: string;
}

export const validator = (name: string): Validator => {
  const key = new SigningKey(id(`anchorlog vector key, public: ${name}`));
  return { key, address: computeAddress(key).toLowerCase() };
};
export const sorted = (validators: readonly Validator[]): Validator[] =>
  validators.toSorted((a, b) => (a.address < b.address ? -1 : 1));
export const set = (count: number, prefix = 'validator'): Validator[] =>
  sorted(Array.from({ length: count }, (_, i) => validator(`${prefix} ${i}`)));
export const addresses = (validators: readonly Validator[]): string[] =>
  validators.map(({ address }) => address);

export const FOUR = set(4);
export const STRANGER = validator('stranger');
export const LATER_FIELDS = [
  '0x',
  id('withdrawals'),
  integer(131_072),
  '0x',
  id('beacon root'),
  id('requests'),
];

export interface Sealing {
  readonly validators: readonly Validator[];
  readonly listed?: readonly string[];
  readonly vote?: RlpStructuredData;
  readonly round?: number;
  /** The round that the seals are made for. */
  readonly sealedRound?: number;
  readonly signers?: readonly Validator[];
  readonly seals?: (seals: string[]) => string[];
  readonly fields?: Readonly<Record<number, RlpStructuredData>>;
  readonly later?: number;
  readonly receiptsRoot?: string;
}

export const NUMBER = 7001;
export const TIMESTAMP = 1_782_000_000;
export const EMPTY_ROOT = keccak256('0x80');

export interface Sealed {
  readonly header: string;
  readonly hash: string;
  readonly signers: readonly string[];
}

export function sealed({
  validators,
  listed = addresses(validators),
  vote = [],
  round = 0,
  sealedRound = round,
  signers = validators.slice(0, Math.ceil((2 * validators.length) / 3)),
  seals: change = (seals) => seals,
  fields = {},
  later = 1,
  receiptsRoot = EMPTY_ROOT,
}: Sealing): Sealed {
  const extra = (ofRound: number, seals: readonly string[]): string =>
    encodeRlp([zeros(32), [...listed], vote, integer(ofRound), [...seals]]);
  const header = (extraData: string): string => {
    const list: RlpStructuredData[] = [
      ...[id('parent'), keccak256('0xc0'), validators[0]!.address, id('state'), EMPTY_ROOT],
      ...[receiptsRoot, zeros(256), '0x01', integer(NUMBER), integer(30_000_000), '0x'],
      ...[integer(TIMESTAMP), extraData],
      ...['0x63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365', zeros(8)],
      ...LATER_FIELDS.slice(0, later),
    ];
    for (const [i, field] of Object.entries(fields)) list[Number(i)] = field;
    return encodeRlp(list);
  };
  const digest = keccak256(header(extra(sealedRound, [])));
  const seals = signers.map(({ key }) => {
    const { r, s, yParity } = key.sign(digest);
    return concat([r, s, toBeHex(yParity, 1)]);
  });
  return {
    header: header(extra(round, change(seals))),
    hash: keccak256(header(extra(0, []))),
    signers: addresses(signers),
  };
}

/** The second encoding of a seal: (r, n - s, v ^ 1). */
export const malleate = (seal: string): string =>
  concat([
    dataSlice(seal, 0, 32),
    word(ORDER - BigInt(dataSlice(seal, 32, 64))),
    toBeHex(BigInt(dataSlice(seal, 64)) ^ 1n, 1),
  ]);

export const patch = (seal: string, at: number, bytes: string): string =>
  concat([dataSlice(seal, 0, at), bytes, dataSlice(seal, at + getBytes(bytes).length)]);
