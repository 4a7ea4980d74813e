import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { SigningKey, computeAddress, encodeRlp, getBytes, id, keccak256, toBeArray } from 'ethers';
import { canonicalize, type JsonObject, type JsonValue } from '@anchorlog/core';
import { NaiveTree, leafHash } from './naive-tree.ts';

// A tiny world for bundle vectors (spec/bundle, spec/policy): issuers, logs and chains with fixed test keys. It shares no code with the
// packages that it is held against, but for canonical JSON: tree by naive-tree.ts, Ed25519 by OpenSSL, seals, RLP and Keccak by ethers.

/** Nobody's secrets: the seed of every test key is its name's hash. */
const seedOf = (name: string): Buffer =>
  createHash('sha256').update(`anchorlog test key: ${name}`).digest();
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const sha256 = (...parts: readonly (string | Uint8Array)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** An Ed25519 test key. */
export class TestKey {
  readonly #key;
  readonly publicKey: Buffer;
  readonly keyId: string;

  constructor(name: string) {
    const pkcs8 = Buffer.concat([
      Buffer.from('302e020100300506032b657004220420', 'hex'),
      seedOf(name),
    ]);
    this.#key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
    const spki = createPublicKey(this.#key).export({ format: 'der', type: 'spki' });
    this.publicKey = spki.subarray(12);
    this.keyId = sha256(spki).toString('base64url');
  }

  sign(message: string | Uint8Array): Buffer {
    return sign(null, Buffer.from(message), this.#key);
  }

  /** C2SP signed-note. */
  noteId(name: string): Buffer {
    return sha256(`${name}\n`, Buffer.of(1), this.publicKey).subarray(0, 4);
  }

  vkey(name: string): string {
    const typed = Buffer.concat([Buffer.of(1), this.publicKey]);
    return `${name}+${this.noteId(name).toString('hex')}+${base64(typed)}`;
  }

  note(name: string, text: string): string {
    return `${text}\n— ${name} ${base64(Buffer.concat([this.noteId(name), this.sign(text)]))}\n`;
  }
}

/** An entry, what opens it, and who signed it. */
export interface TestEntry {
  readonly statement: JsonObject;
  readonly entry: Buffer;
  /** By path. */
  readonly disclosures: ReadonlyMap<string, Buffer>;
}

/** Issue a statement as spec/statement says. */
export function testStatement(of: {
  readonly log: string;
  readonly profile?: string;
  readonly event?: string;
  readonly key?: string;
  readonly org?: string;
  readonly claims: JsonObject;
  readonly hidden: JsonObject;
  readonly signer?: TestKey | undefined;
  /** The key that really signs, if not the one that is named. */
  readonly signedBy?: TestKey | undefined;
}): TestEntry {
  const { log, claims, hidden, signer, key = 'JY3999900000017', org = ORG } = of;
  const hand = of.signedBy ?? signer;
  const digest = seedOf(`id of ${key}`);
  digest[6] = (digest[6]! & 0x0f) | 0x80;
  digest[8] = (digest[8]! & 0x3f) | 0x80;
  const hex = digest.toString('hex');
  const statementId = [0, 8, 12, 16, 20].map((at, i) => hex.slice(at, [8, 12, 16, 20, 32][i]));
  const uuid = statementId.join('-');
  const disclose = (path: string, value: JsonValue): Buffer =>
    Buffer.from(
      canonicalize([
        'anchorlog/commitment/1',
        seedOf(`salt of ${key} ${path}`).subarray(0, 16).toString('base64url'),
        `${org}/license-make/${uuid}`,
        path,
        value,
      ]),
    );
  const disclosures = new Map<string, Buffer>();
  for (const [name, value] of Object.entries(hidden)) {
    disclosures.set(`/${name}`, disclose(`/${name}`, value));
  }
  const commitments = Object.fromEntries(
    [...disclosures].map(([path, bytes]) => [path, base64(sha256(bytes))]),
  );
  const opening = disclose('/keys/0', {
    keyspace: 'example',
    key: base64(seedOf(`index key of ${key}`)),
  });
  disclosures.set('/keys/0', opening);
  const unsigned: JsonObject = {
    log,
    profile: of.profile ?? 'license.lifecycle/1',
    id: uuid,
    event: of.event ?? 'license.issue',
    eventTime: '2026-03-12T10:15:02.120+08:00',
    recordedTime: '2026-03-12T10:15:02.480+08:00',
    issuer: { org, system: 'license-make' },
    claims,
    commitments,
    keys: [{ kind: 'license', role: 'self', commitment: base64(sha256(opening)) }],
    links: [],
  };
  const half = signer && { alg: 'Ed25519', keyId: signer.keyId };
  const statement: JsonObject = !signer
    ? unsigned
    : {
        ...unsigned,
        signature: {
          ...half!,
          value: base64(
            hand!.sign(`anchorlog/statement/1\n${canonicalize({ ...unsigned, signature: half! })}`),
          ),
        },
      };
  return { statement, entry: Buffer.from(canonicalize(statement)), disclosures };
}

export const ORG = '1199999900000006XQ';
export const OTHER_ORG = '119999990000001406';

/** A log of `size` entries; those not given are of no interest. */
export class TestLog {
  readonly origin: string;
  readonly checkpointKey: TestKey;
  readonly receiptKey: TestKey;
  readonly tree: NaiveTree;

  constructor(origin: string, entries: ReadonlyMap<number, Uint8Array>, size = 64) {
    this.origin = origin;
    this.checkpointKey = new TestKey(`${origin} checkpoint`);
    this.receiptKey = new TestKey(`${origin} receipt`);
    this.tree = new NaiveTree(
      new Map(
        Array.from({ length: size }, (_, i) => [
          BigInt(i),
          leafHash(entries.get(i) ?? Buffer.from(`{"filler":${i}}`)),
        ]),
      ),
    );
  }

  root(size: number): Buffer {
    return this.tree.root(BigInt(size));
  }

  path(index: number, size: number): Buffer[] {
    return this.tree.path(BigInt(index), BigInt(size));
  }

  checkpoint(size: number, lines: readonly string[] = [], key = this.checkpointKey): string {
    return key.note(
      this.origin,
      [this.origin, size, base64(this.root(size)), ...lines].map((line) => `${line}\n`).join(''),
    );
  }

  receipt(size: number, times = TIMES): string {
    const lines = [this.origin, size, base64(this.root(size))];
    return this.receiptKey.note(
      `${this.origin}/receipt`,
      [...lines, `time ${times.received}`, `anchorBy ${times.anchorBy}`]
        .map((line) => `${line}\n`)
        .join(''),
    );
  }

  /** An anchor of this log, with what ties it to the checkpoint of size `from`. */
  anchor(size: number, from: number, evidence: readonly JsonObject[]): JsonObject {
    const [older, newer] = size < from ? [size, from] : [from, size];
    return {
      head: {
        size,
        rootHash: base64(this.root(size)),
        indexRoot: base64(Buffer.alloc(32)),
      },
      consistency: this.tree.proof(BigInt(older), BigInt(newer)).map(base64),
      evidence,
    };
  }
}

export const TIMES = {
  received: '2026-03-12T02:15:02.500Z',
  anchorBy: '2026-03-13T02:15:02.500Z',
};

type Hex = string;
const word = (value: number | bigint): Hex => BigInt(value).toString(16).padStart(64, '0');
const integer = (value: number): Uint8Array => toBeArray(value);

/** What a test block says; everything that a case wants to be wrong can be given. */
export interface BlockOptions {
  readonly number: number;
  /** RFC 3339 */
  readonly time: string;
  readonly size: number;
  readonly log: TestLog;
  readonly anchorNumber?: number;
  readonly status?: number;
  readonly txType?: number;
  readonly eventOrigin?: string;
  readonly eventChainId?: number;
  readonly eventContract?: string;
  /** Another registry of the chain. */
  readonly contract?: string;
  readonly eventTopic?: string;
  readonly eventRoot?: Buffer;
  readonly namedValidators?: readonly Hex[];
  readonly seals?: readonly SigningKey[];
  readonly round?: number;
}

/** A chain whose validators seal in QBFT form (spec/evidence). */
export class TestChain {
  readonly chainId: number;
  readonly contract: Hex;
  readonly validators: readonly SigningKey[];

  constructor(chainId: number, name = `chain ${chainId}`, count = 4) {
    this.chainId = chainId;
    this.contract = `0x${seedOf(`${name} contract`).subarray(0, 20).toString('hex')}`;
    this.validators = Array.from(
      { length: count },
      (_, i) => new SigningKey(seedOf(`${name} validator ${i}`)),
    );
  }

  addresses(keys = this.validators): Hex[] {
    return keys.map((key) => computeAddress(key.publicKey).toLowerCase()).toSorted();
  }

  /** Sealed evidence for a head of the log: a block with one transaction, which has one log. */
  evidence(options: BlockOptions): JsonObject {
    const receipt = this.#receipt(options);
    // A trie of one leaf: the key is RLP(0) = 0x80, all of it in the leaf's own path.
    const leaf = encodeRlp(['0x2080', receipt]);
    return {
      kind: 'sealed',
      chainId: this.chainId,
      contract: options.contract ?? this.contract,
      header: this.#header(options, keccak256(leaf)),
      txReceipt: { index: 0, logIndex: 0, nodes: [leaf] },
    };
  }

  #receipt(options: BlockOptions): Hex {
    const { log, size, status = 1, anchorNumber = 1, txType = 0 } = options;
    const topics = [
      options.eventTopic ??
        id('TreeHeadAnchored(bytes32,uint64,uint256,uint64,bytes32,bytes32,bool)'),
      id(options.eventOrigin ?? log.origin),
      `0x${word(anchorNumber)}`,
    ];
    const root = options.eventRoot ?? log.root(size);
    const data = [
      word(options.eventChainId ?? this.chainId),
      word(size),
      root.toString('hex'),
      word(0),
      word(1),
    ];
    const event = [
      options.eventContract ?? options.contract ?? this.contract,
      topics,
      `0x${data.join('')}`,
    ];
    const logs = status === 1 ? [event] : [];
    const fields = encodeRlp([
      integer(status),
      integer(84_211),
      `0x${'00'.repeat(256)}`,
      logs,
    ] as Parameters<typeof encodeRlp>[0]); // ethers does not take readonly arrays
    return txType === 0 ? fields : `0x${txType.toString(16).padStart(2, '0')}${fields.slice(2)}`;
  }

  #header(options: BlockOptions, receiptsRoot: Hex): Hex {
    const { number, time, round = 0, seals = this.validators.slice(0, 3) } = options;
    const named = options.namedValidators ?? this.addresses();
    const encode = (signatures: readonly Hex[]): Hex =>
      encodeRlp([
        keccak256(integer(number - 1)),
        '0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347',
        named[0] ?? `0x${'00'.repeat(20)}`,
        keccak256('0x01'),
        keccak256('0x02'),
        receiptsRoot,
        `0x${'00'.repeat(256)}`,
        integer(1),
        integer(number),
        integer(30_000_000),
        integer(84_211),
        integer(Date.parse(time) / 1000),
        encodeRlp([`0x${'00'.repeat(32)}`, named, [], integer(round), signatures] as Parameters<
          typeof encodeRlp
        >[0]), // as above
        '0x63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365',
        `0x${'00'.repeat(8)}`,
        integer(0),
      ]);
    const digest = keccak256(encode([]));
    const seal = (key: SigningKey): Hex => {
      const { r, s, yParity } = key.sign(digest);
      return `${r}${s.slice(2)}0${yParity}`;
    };
    return encode(seals.map(seal));
  }
}

/** Bytes of a file that records name. */
export const PERMIT = Buffer.from('a permit, as its system made it\n');
export const PERMIT_SHA256 = sha256(PERMIT).toString('hex');

/** The claims of a license, public and hidden; no person's. */
export const LICENSE = {
  claims: {
    certificateName: '食品经营许可证',
    certificateTypeCode: '11999999MB0001',
    issuerOrgCode: ORG,
    issueDate: '2026-03-12',
    validFrom: '2026-03-12',
    validTo: '2031-03-11',
    statusFrom: 'none',
    statusTo: 'valid',
    effectiveTime: '2026-03-12T10:15:02.120+08:00',
  },
  hidden: {
    caseNo: 'BJ-2026-0000017',
    certificateNumber: 'JY3999900000017',
    coHolders: null,
    files: [{ name: 'permit.ofd', size: PERMIT.length, sha256: PERMIT_SHA256 }],
    holderCode: '91999999000000115N',
    holderName: '示例市某某餐饮有限公司',
  },
} as const;

export { base64, getBytes };
