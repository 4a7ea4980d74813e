import type { JsonObject } from '@anchorlog/core';
import {
  LICENSE,
  ORG,
  OTHER_ORG,
  PERMIT_SHA256,
  TIMES,
  TestChain,
  TestKey,
  TestLog,
  base64,
  testStatement,
  type BlockOptions,
  type TestEntry,
} from './bundle-world.ts';

// The cast of the bundle vectors: one log, one chain, one issuer who signs and one who does not.

export const ORIGIN = 'example.gov/licenses';
export const INDEX = 5;
/** The entry of the issuer who does not sign. */
export const UNSIGNED_INDEX = 9;
/** An entry whose signature is not by the key that it names. */
export const BADLY_SIGNED_INDEX = 10;
export const CHECKPOINT = 7;

export const issuerKey = new TestKey('issuer');
export const otherIssuerKey = new TestKey('other issuer');
export const strangerKey = new TestKey('stranger');
export const license = testStatement({ log: ORIGIN, ...LICENSE, signer: issuerKey });
export const unsigned = testStatement({
  log: ORIGIN,
  ...LICENSE,
  key: 'DOC-1',
  org: OTHER_ORG,
  profile: 'document/1',
  event: 'document.notarize',
  claims: {},
});
/** Logged as it is: a log that does not check signatures takes it. */
export const badlySigned = testStatement({
  log: ORIGIN,
  ...LICENSE,
  key: 'JY3999900000018',
  signer: issuerKey,
  signedBy: strangerKey,
});
export const log = new TestLog(
  ORIGIN,
  new Map([
    [INDEX, license.entry],
    [UNSIGNED_INDEX, unsigned.entry],
    [BADLY_SIGNED_INDEX, badlySigned.entry],
  ]),
);
export const chain = new TestChain(1337);
export const otherChain = new TestChain(2024);

/** A block for each head of interest. */
export const blocks = {
  before: { number: 101, time: '2026-03-12T02:15:00Z', size: 4, anchorNumber: 1, log },
  first: { number: 104, time: '2026-03-12T02:15:10Z', size: 12, anchorNumber: 2, log },
  later: { number: 9001, time: '2027-03-12T02:15:10Z', size: 40, anchorNumber: 77, log },
} as const satisfies Record<string, BlockOptions>;

/** When the vectors are verified, unless a case says otherwise. */
export const NOW = '2026-06-30T04:00:00.000Z';

/** The trust policy of the vectors; a case may change members. */
export function policyOf(changes: JsonObject = {}): JsonObject {
  return {
    format: 'anchorlog/policy/1',
    name: 'Test policy / 测试策略',
    date: '2026-03-01',
    logs: [
      {
        origin: ORIGIN,
        vkey: log.checkpointKey.vkey(ORIGIN),
        receiptVkey: log.receiptKey.vkey(`${ORIGIN}/receipt`),
        suite: 'sha256',
        index: 'none',
        issuers: [ORG, OTHER_ORG],
        profiles: ['license.lifecycle/1', 'document/1'],
      },
    ],
    issuers: [
      {
        org: ORG,
        name: { zh: '示例市市场监督管理局', en: 'Example Market Regulator' },
        keys: [keyRecord(issuerKey)],
      },
      { org: OTHER_ORG, name: { zh: '示例市档案馆', en: 'Example Archive' }, keys: [] },
    ],
    witnesses: [],
    indexCheckers: [],
    observers: [],
    chains: [chainRecord(chain, [{ fromBlock: 0, validators: chain.addresses() }])],
    evidence: { kind: 'sealed' },
    maxStatusAge: 86_400,
    ...changes,
  };
}

export function keyRecord(key: TestKey, changes: JsonObject = {}): JsonObject {
  return { keyId: key.keyId, alg: 'Ed25519', publicKey: base64(key.publicKey), ...changes };
}

export function chainRecord(of: TestChain, validatorSets: readonly JsonObject[]): JsonObject {
  return {
    chainId: of.chainId,
    name: `Test chain ${of.chainId}`,
    contract: of.contract,
    codeHash: `0x${'ab'.repeat(32)}`,
    validatorSets,
  };
}

/** The policy with its log changed. */
export function policyWithLog(changes: JsonObject): JsonObject {
  const [first] = policyOf()['logs'] as readonly JsonObject[]; // as written above
  return policyOf({ logs: [{ ...first, ...changes }] });
}

/** The policy with the signing issuer's key changed. */
export function policyWithKey(...keys: readonly JsonObject[]): JsonObject {
  const [first, second] = policyOf()['issuers'] as readonly JsonObject[]; // as written above
  return policyOf({ issuers: [{ ...first, keys }, second!] });
}

/** A bundle of an entry: opened at `open`, under the checkpoint of size `from`, with anchors. */
export function bundleOf(
  of: {
    readonly entry?: TestEntry;
    readonly index?: number;
    readonly open?: readonly string[];
    readonly from?: number;
    readonly anchors?: readonly BlockOptions[];
    readonly receipt?: number | undefined;
  } = {},
): JsonObject {
  const { entry = license, index = INDEX, open = [], from = CHECKPOINT, receipt } = of;
  return {
    format: 'anchorlog/bundle/1',
    entry: base64(entry.entry),
    disclosures: open.map((path) => base64(entry.disclosures.get(path)!)),
    inclusion: { index, hashes: log.path(index, from).map(base64) },
    checkpoint: log.checkpoint(from),
    anchors: (of.anchors ?? [blocks.first]).map((block) =>
      log.anchor(block.size, from, [chain.evidence(block)]),
    ),
    ...(receipt === undefined
      ? {}
      : {
          receipt: { note: log.receipt(receipt), hashes: log.path(index, receipt).map(base64) },
        }),
  };
}

/** The bundle that has everything; the base of mutants. */
export function fullBundle(): JsonObject {
  return bundleOf({
    open: ['/holderName', '/files', '/coHolders', '/keys/0'],
    anchors: [blocks.before, blocks.first],
    receipt: 6,
  });
}

/** One verification: what goes in, and what must come out. */
export interface BundleCase {
  readonly name: string;
  readonly bundle: JsonObject | string;
  readonly policy: JsonObject;
  readonly now?: string;
  readonly on?: string;
  readonly files?: readonly {
    readonly name?: string;
    readonly sha256: string;
    readonly sm3?: string;
  }[];
  readonly outcome: 'verified' | 'refuted' | 'pending' | 'unknown';
  /** The step that decides; absent when verified. */
  readonly reason?: string;
  /** Codes that other steps must have. */
  readonly codes?: readonly string[];
  /** What the verdict must say of times; null for one that it must not give. */
  readonly times?: Readonly<Record<string, string | null>>;
}

const BEFORE_ANCHOR_BY = '2026-03-12T12:00:00.000Z';

/** Bundles that are well made. */
export function goodCases(): BundleCase[] {
  const policy = policyOf();
  return [
    {
      name: 'everything a bundle can hold',
      bundle: fullBundle(),
      policy,
      files: [{ name: 'permit.ofd', sha256: PERMIT_SHA256 }],
      outcome: 'verified',
      codes: ['signature.valid', 'disclosures.opened', 'files.match', 'receipt.valid'],
    },
    {
      name: 'unsigned statement of an issuer without keys, nothing opened',
      bundle: bundleOf({ entry: unsigned, index: UNSIGNED_INDEX, from: 12 }),
      policy,
      outcome: 'verified',
      codes: ['signature.notAsked', 'disclosures.none', 'status.notApplicable'],
    },
    {
      name: 'checkpoint larger than the anchored head',
      bundle: bundleOf({ from: 33 }),
      policy,
      outcome: 'verified',
    },
    {
      name: 'checkpoint is the anchored head',
      bundle: bundleOf({ from: 12 }),
      policy,
      outcome: 'verified',
    },
    {
      name: 'received and not anchored yet',
      bundle: bundleOf({ anchors: [], receipt: 6 }),
      policy,
      now: BEFORE_ANCHOR_BY,
      outcome: 'pending',
      reason: 'evidence.pending',
    },
    {
      name: 'anchored before the entry only, and still in time',
      bundle: bundleOf({ anchors: [blocks.before], receipt: 6 }),
      policy,
      now: BEFORE_ANCHOR_BY,
      outcome: 'pending',
      reason: 'evidence.pending',
    },
    {
      name: 'promised anchor is overdue',
      bundle: bundleOf({ anchors: [], receipt: 6 }),
      policy,
      now: '2026-03-13T02:15:02.501Z',
      outcome: 'unknown',
      reason: 'evidence.overdue',
    },
    {
      name: 'neither anchor nor receipt',
      bundle: bundleOf({ anchors: [] }),
      policy,
      now: BEFORE_ANCHOR_BY,
      outcome: 'unknown',
      reason: 'evidence.absent',
    },
    {
      name: 'a second anchor on a chain that the policy does not know',
      bundle: {
        ...bundleOf(),
        anchors: [
          log.anchor(12, CHECKPOINT, [chain.evidence(blocks.first)]),
          log.anchor(40, CHECKPOINT, [otherChain.evidence(blocks.later)]),
        ],
      },
      policy,
      outcome: 'verified',
      codes: ['anchor.chainUnknown'],
    },
    {
      name: 'status asked of a log without status proofs',
      bundle: bundleOf(),
      policy,
      on: '2026-06-30',
      outcome: 'unknown',
      reason: 'status.unproven',
    },
    {
      name: 'status asked of a record that has none',
      bundle: bundleOf({ entry: unsigned, index: UNSIGNED_INDEX, from: 12 }),
      policy,
      on: '2026-06-30',
      outcome: 'verified',
      codes: ['status.notApplicable'],
    },
    {
      name: 'file asked for and not disclosed',
      bundle: bundleOf(),
      policy,
      files: [{ sha256: PERMIT_SHA256 }],
      outcome: 'unknown',
      reason: 'files.withheld',
    },
  ];
}

/** Bundles that need a key to be made wrong; what anybody can do to a bundle is in the mutants of the testkit. */
export function forgedCases(): BundleCase[] {
  const policy = policyOf();
  const sealed = (name: string, changes: Partial<BlockOptions>, code: string): BundleCase => ({
    name,
    bundle: bundleOf({ anchors: [{ ...blocks.first, ...changes }] }),
    policy,
    outcome: 'refuted',
    reason: code,
  });
  const foreign = new TestLog('example.gov/other', new Map());
  return [
    sealed(
      'two seals of four validators',
      { seals: chain.validators.slice(0, 2) },
      'anchor.sealsTooFew',
    ),
    sealed(
      'one seal twice',
      { seals: [0, 1, 1].map((i) => chain.validators[i]!) },
      'anchor.sealRepeated',
    ),
    sealed(
      'a seal by a stranger',
      { seals: [...chain.validators.slice(0, 3), otherChain.validators[0]!] },
      'anchor.sealForeign',
    ),
    sealed('a reverted transaction', { status: 0 }, 'anchor.txFailed'),
    sealed('an event of another chain', { eventChainId: 1 }, 'anchor.eventChain'),
    sealed('an event of another log', { eventOrigin: 'example.gov/other' }, 'anchor.eventLog'),
    sealed(
      'an event of another contract',
      { eventContract: otherChain.contract },
      'anchor.eventForeign',
    ),
    sealed('another event', { eventTopic: `0x${'11'.repeat(32)}` }, 'anchor.eventForeign'),
    sealed('an event of another head', { eventRoot: log.root(13) }, 'anchor.eventHead'),
    {
      ...sealed('a transaction of a type yet unknown', { txType: 3 }, 'evidence.undecided'),
      outcome: 'unknown',
      codes: ['anchor.txReceiptUnsupported'],
    },
    {
      name: 'a block beyond the pinned validator sets',
      bundle: bundleOf(),
      policy: policyOf({
        chains: [chainRecord(chain, [{ fromBlock: 200, validators: chain.addresses() }])],
      }),
      outcome: 'unknown',
      reason: 'evidence.undecided',
      codes: ['anchor.validatorsUnknown'],
    },
    {
      name: 'checkpoint of the right size and another root, signed by the log',
      bundle: { ...bundleOf(), checkpoint: forkedCheckpoint() },
      policy,
      outcome: 'refuted',
      reason: 'inclusion.mismatch',
      codes: ['consistency.mismatch'],
    },
    {
      name: 'receipt of the same size and another root, signed by the log',
      bundle: { ...bundleOf({ receipt: CHECKPOINT }), receipt: forkedReceipt(CHECKPOINT) },
      policy,
      outcome: 'refuted',
      reason: 'receipt.contradiction',
    },
    {
      name: 'receipt that shows another past, signed by the log',
      bundle: { ...bundleOf(), receipt: forkedReceipt(6) },
      policy,
      outcome: 'refuted',
      reason: 'receipt.contradiction',
    },
    {
      name: 'receipt for another entry, signed by the log',
      bundle: {
        ...bundleOf(),
        receipt: { note: log.receipt(6), hashes: log.path(4, 6).map(base64) },
      },
      policy,
      outcome: 'refuted',
      reason: 'receipt.mismatch',
    },
    {
      name: 'checkpoint with an index line of a log without index',
      bundle: {
        ...bundleOf(),
        checkpoint: log.checkpoint(CHECKPOINT, [`index ${base64(Buffer.alloc(32, 1))}`]),
      },
      policy,
      outcome: 'refuted',
      reason: 'checkpoint.indexLine',
    },
    {
      name: 'checkpoint of another log',
      bundle: { ...bundleOf(), checkpoint: foreign.checkpoint(CHECKPOINT) },
      policy,
      outcome: 'refuted',
      reason: 'log.mismatch',
    },
    {
      name: 'log that the policy does not know',
      bundle: bundleOf(),
      policy: policyOf({ logs: [] }),
      outcome: 'unknown',
      reason: 'log.unknown',
    },
    {
      name: 'log with another key than the policy says',
      bundle: { ...bundleOf(), checkpoint: log.checkpoint(CHECKPOINT, [], strangerKey) },
      policy,
      outcome: 'unknown',
      reason: 'checkpoint.keyUnknown',
    },
    {
      name: 'organisation that may not speak in this log',
      bundle: bundleOf(),
      policy: policyWithLog({ issuers: [OTHER_ORG] }),
      outcome: 'unknown',
      reason: 'issuer.unknown',
    },
    {
      name: 'profile that the policy does not know',
      bundle: bundleOf(),
      policy: policyWithLog({ profiles: ['document/1'] }),
      outcome: 'unknown',
      reason: 'profile.unknown',
    },
    {
      name: 'unsigned statement of an issuer who signs',
      bundle: bundleOf({ entry: unsigned, index: UNSIGNED_INDEX, from: 12 }),
      policy: policyOf({ issuers: [{ org: OTHER_ORG, keys: [keyRecord(otherIssuerKey)] }] }),
      outcome: 'refuted',
      reason: 'signature.absent',
    },
    {
      name: 'statement signed by another key than it names',
      bundle: bundleOf({ entry: badlySigned, index: BADLY_SIGNED_INDEX, from: 12 }),
      policy,
      outcome: 'refuted',
      reason: 'signature.invalid',
    },
    {
      name: 'statement signed by a key that the policy does not know',
      bundle: bundleOf(),
      policy: policyWithKey(keyRecord(strangerKey)),
      outcome: 'unknown',
      reason: 'signature.keyUnknown',
    },
    {
      name: "statement signed by another organisation's key",
      bundle: bundleOf(),
      policy: policyOf({
        issuers: [
          { org: ORG, keys: [keyRecord(strangerKey)] },
          { org: OTHER_ORG, keys: [keyRecord(issuerKey)] },
        ],
      }),
      outcome: 'refuted',
      reason: 'signature.keyForeign',
    },
    {
      name: 'key not in use yet at the anchored time',
      bundle: bundleOf(),
      policy: policyWithKey(keyRecord(issuerKey, { from: '2026-03-12T02:15:10.001Z' })),
      outcome: 'refuted',
      reason: 'signature.keyEarly',
    },
    {
      name: 'key retired before the anchored time',
      bundle: bundleOf(),
      policy: policyWithKey(keyRecord(issuerKey, { until: '2026-03-12T02:15:09.999Z' })),
      outcome: 'refuted',
      reason: 'signature.keyRetired',
    },
    {
      name: 'key in use exactly at the anchored time',
      bundle: bundleOf(),
      policy: policyWithKey(
        keyRecord(issuerKey, {
          from: '2026-03-12T02:15:10.000Z',
          until: '2026-03-12T10:15:10.000+08:00',
        }),
      ),
      outcome: 'verified',
      codes: ['signature.valid'],
    },
    {
      name: 'key retired before now, and no anchor to tell the time',
      bundle: bundleOf({ anchors: [], receipt: 6 }),
      policy: policyWithKey(keyRecord(issuerKey, { until: '2026-03-12T11:00:00.000Z' })),
      now: BEFORE_ANCHOR_BY,
      outcome: 'unknown',
      reason: 'signature.timeUnknown',
    },
    {
      name: 'key retired before the one anchor that can be judged, an earlier one cannot',
      bundle: {
        ...bundleOf(),
        anchors: [
          log.anchor(12, CHECKPOINT, [otherChain.evidence(blocks.first)]),
          log.anchor(40, CHECKPOINT, [chain.evidence(blocks.later)]),
        ],
      },
      policy: policyWithKey(keyRecord(issuerKey, { until: '2026-12-31T00:00:00.000Z' })),
      now: '2027-06-30T04:00:00.000Z',
      outcome: 'unknown',
      reason: 'signature.timeUnknown',
    },
    {
      name: 'key in other hands from this entry on',
      bundle: bundleOf(),
      policy: policyWithKey(keyRecord(issuerKey, { badFrom: [{ log: ORIGIN, size: INDEX }] })),
      outcome: 'refuted',
      reason: 'signature.keyCompromised',
    },
    {
      name: 'key in other hands from the next entry on',
      bundle: bundleOf(),
      policy: policyWithKey(keyRecord(issuerKey, { badFrom: [{ log: ORIGIN, size: INDEX + 1 }] })),
      outcome: 'verified',
    },
    {
      name: 'key in other hands, and in which log the policy does not say',
      bundle: bundleOf(),
      policy: policyWithKey(
        keyRecord(issuerKey, { badFrom: [{ log: 'example.gov/other', size: 1000 }] }),
      ),
      outcome: 'refuted',
      reason: 'signature.keyCompromised',
    },
    {
      name: 'key in other hands in two logs, here from the next entry on',
      bundle: bundleOf(),
      policy: policyWithKey(
        keyRecord(issuerKey, {
          badFrom: [
            { log: 'example.gov/other', size: 0 },
            { log: ORIGIN, size: INDEX + 1 },
          ],
        }),
      ),
      outcome: 'verified',
    },
    {
      name: 'file that is not the record’s',
      bundle: fullBundle(),
      policy,
      files: [{ name: 'permit.ofd', sha256: PERMIT_SHA256.replace(/^../, '00') }],
      outcome: 'refuted',
      reason: 'files.mismatch',
    },
  ];
}

/** A log that tells another story from entry 2 on, and signs it with the same keys. */
const fork = new TestLog(
  ORIGIN,
  new Map([
    [2, Buffer.from('{"forged":2}')],
    [INDEX, license.entry],
  ]),
);

function forkedCheckpoint(): string {
  return fork.checkpoint(CHECKPOINT);
}

function forkedReceipt(size: number): JsonObject {
  return { note: fork.receipt(size), hashes: fork.path(INDEX, size).map(base64) };
}

export { TIMES, testStatement };
