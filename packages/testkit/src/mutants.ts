import type { JsonObject } from '@anchorlog/core';
import { formatBundle, parseBundle, type Outcome, type StepCode } from '@anchorlog/verify';
import {
  editDisclosure,
  editEntry,
  editHeader,
  editLine,
  editSignature,
  flip64,
  flipHex,
  malleate,
  type BundleJson,
  type DisclosureJson,
  type HeaderParts,
  type SealedJson,
} from './bundle-json.ts';

/** A named corruption of a bundle that anybody can make, without a key. */
export interface BundleMutant {
  readonly name: string;
  /** What the verdict must come to. */
  readonly outcome: Outcome;
  /** A step of the verdict must have this code. */
  readonly code: StepCode;
}

interface Recipe extends BundleMutant {
  /** Spoils a copy, or gives another text altogether; undefined where the bundle has nothing to spoil in this way. */
  readonly spoil: (bundle: BundleJson) => BundleJson | string | undefined;
}

/**
 * Give every named mutant of a good bundle (text, JSON or parsed) that it has the parts for. The bundle must be `verified` by the policy
 * that the mutants are then verified by, with no other status asked and an evidence rule of `sealed`.
 */
export function bundleMutants(
  bundle: unknown,
): (BundleMutant & { readonly bundle: JsonObject | string })[] {
  const text = formatBundle(parseBundle(bundle));
  return RECIPES.flatMap(({ spoil, ...mutant }) => {
    const spoilt = spoil(JSON.parse(text) as BundleJson); // just formatted
    return spoilt === undefined
      ? []
      : [{ ...mutant, bundle: spoilt as unknown as JsonObject | string }]; // JSON, or text
  });
}

/** The names of all mutants with what they must come to. */
export function bundleMutantNames(): readonly BundleMutant[] {
  return RECIPES.map(({ name, outcome, code }) => ({ name, outcome, code }));
}

type Spoil = (bundle: BundleJson) => BundleJson | string | undefined | void;

function refuted(name: string, code: StepCode, spoil: Spoil): Recipe {
  return { name, outcome: 'refuted', code, spoil: whole(spoil) };
}

function unknown(name: string, code: StepCode, spoil: Spoil): Recipe {
  return { name, outcome: 'unknown', code, spoil: whole(spoil) };
}

function harmless(name: string, code: StepCode, spoil: Spoil): Recipe {
  return { name, outcome: 'verified', code, spoil: whole(spoil) };
}

/** Spoil in place: what a recipe leaves as it was, it has nothing to do to. */
function whole(spoil: Spoil): Recipe['spoil'] {
  return (bundle) => {
    const before = JSON.stringify(bundle);
    const result = spoil(bundle) ?? bundle;
    return typeof result !== 'string' && JSON.stringify(result) === before ? undefined : result;
  };
}

const text = (bundle: BundleJson): string => JSON.stringify(bundle);

const FORM: readonly Recipe[] = [
  refuted('file cut by its last byte', 'bundle.malformed', (b) => text(b).slice(0, -1)),
  refuted('file cut in half', 'bundle.malformed', (b) => text(b).slice(0, text(b).length / 2)),
  refuted('file with text after it', 'bundle.malformed', (b) => `${text(b)}x`),
  refuted('file twice', 'bundle.malformed', (b) => text(b) + text(b)),
  refuted('empty file', 'bundle.malformed', () => ''),
  refuted('member given twice', 'bundle.malformed', (b) =>
    text(b).replace('{', `{"entry":${JSON.stringify(b.entry)},`),
  ),
  refuted('number in another form', 'bundle.malformed', (b) =>
    text(b).replace(/"index":(\d+)/, '"index":$1.0'),
  ),
  refuted('number with a leading zero', 'bundle.malformed', (b) =>
    text(b).replace('"index":', '"index":0'),
  ),
  refuted('negative index', 'bundle.malformed', (b) => text(b).replace('"index":', '"index":-')),
  refuted('index beyond 2^53 - 1', 'bundle.malformed', (b) => {
    b.inclusion.index = 2 ** 53;
  }),
  refuted('unknown member', 'bundle.malformed', (b) => ({ ...b, policy: {} })),
  refuted('format of something else', 'bundle.malformed', (b) => {
    b.format = 'anchorlog/policy/1';
  }),
  unknown('format of a version to come', 'bundle.unsupported', (b) => {
    b.format = 'anchorlog/bundle/2';
  }),
  ...(['entry', 'disclosures', 'inclusion', 'checkpoint', 'anchors'] as const).map((member) =>
    refuted(`${member} missing`, 'bundle.malformed', ({ ...rest }) => {
      delete (rest as Partial<BundleJson>)[member];
      return rest;
    }),
  ),
  refuted('entry in base64 without padding', 'bundle.malformed', (b) => {
    b.entry = b.entry.replace(/=+$/, '') + (b.entry.endsWith('=') ? '' : 'A');
  }),
  refuted('hash with bits after its end', 'bundle.malformed', (b) => {
    const last = b.inclusion.hashes.length - 1;
    const hash = b.inclusion.hashes[last];
    if (hash === undefined) return;
    const next = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    b.inclusion.hashes[last] = `${hash.slice(0, 42)}${next[next.indexOf(hash[42]!) + 1]!}=`;
  }),
  refuted('hash of 31 bytes', 'bundle.malformed', (b) => {
    const [anchor] = b.anchors;
    if (anchor) anchor.head.rootHash = Buffer.alloc(31).toString('base64');
  }),
];

const ENTRY: readonly Recipe[] = [
  refuted('public claim changed', 'inclusion.mismatch', (b) => {
    b.entry = editEntry(b.entry, (s) => ({
      ...s,
      claims: { ...s.claims, certificateName: 'another' },
    }));
  }),
  refuted('event time changed', 'inclusion.mismatch', (b) => {
    b.entry = editEntry(b.entry, (s) => ({
      ...s,
      eventTime: '2020-01-01T00:00:00.000+08:00',
    }));
  }),
  refuted('issuer changed', 'inclusion.mismatch', (b) => {
    b.entry = editEntry(b.entry, (s) => ({
      ...s,
      issuer: { ...s.issuer, system: 'another' },
    }));
  }),
  refuted('signature of the statement changed', 'inclusion.mismatch', (b) => {
    b.entry = editEntry(b.entry, (s) =>
      s.signature
        ? { ...s, signature: { ...s.signature, value: flip64(s.signature.value, 40) } }
        : s,
    );
  }),
  refuted('signature of the statement taken away', 'inclusion.mismatch', (b) => {
    b.entry = editEntry(b.entry, (s) => {
      const { signature, ...rest } = s;
      return signature ? rest : s;
    });
  }),
  refuted('log of the statement changed', 'log.mismatch', (b) => {
    b.entry = editEntry(b.entry, (s) => ({ ...s, log: 'elsewhere.example/log' }));
  }),
  refuted('entry in another form', 'entry.malformed', (b) => {
    b.entry = Buffer.from(Buffer.from(b.entry, 'base64').toString().replace('{', '{ ')).toString(
      'base64',
    );
  }),
  refuted('entry with a byte after it', 'entry.malformed', (b) => {
    b.entry = Buffer.concat([Buffer.from(b.entry, 'base64'), Buffer.from('\n')]).toString('base64');
  }),
  refuted('entry cut by its last byte', 'entry.malformed', (b) => {
    b.entry = Buffer.from(b.entry, 'base64').subarray(0, -1).toString('base64');
  }),
];

function firstDisclosure(change: (d: DisclosureJson) => DisclosureJson): Spoil {
  return (b) => {
    const at = b.disclosures.findIndex((text64) =>
      Buffer.from(text64, 'base64').toString().includes('"/'),
    );
    if (at >= 0) b.disclosures[at] = editDisclosure(b.disclosures[at]!, change);
  };
}

const DISCLOSURES: readonly Recipe[] = [
  refuted('disclosed value changed', 'disclosures.mismatch', (b) => {
    const at = b.disclosures.findIndex(
      (text64) => !Buffer.from(text64, 'base64').toString().includes('"/keys/'),
    );
    if (at < 0) return;
    b.disclosures[at] = editDisclosure(b.disclosures[at]!, ([tag, salt, address, path]) => [
      tag,
      salt,
      address,
      path,
      'another value',
    ]);
  }),
  refuted(
    'salt changed',
    'disclosures.mismatch',
    firstDisclosure(([tag, salt, ...rest]) => [
      tag,
      (salt.startsWith('A') ? 'B' : 'A') + salt.slice(1),
      ...rest,
    ]),
  ),
  refuted(
    'disclosure of a claim that the statement does not have',
    'disclosures.foreign',
    firstDisclosure(([tag, salt, address, , value]) => [tag, salt, address, '/notThere', value]),
  ),
  refuted(
    'disclosure of another statement',
    'disclosures.foreign',
    firstDisclosure(([tag, salt, address, ...rest]) => [
      tag,
      salt,
      address.replace(/[0-9a-f]$/, (digit) => (digit === '0' ? '1' : '0')),
      ...rest,
    ]),
  ),
  refuted(
    'disclosure of the same statement by another organisation',
    'disclosures.foreign',
    firstDisclosure(([tag, salt, address, ...rest]) => [
      tag,
      salt,
      address.replace(/^[^/]+/, 'another'),
      ...rest,
    ]),
  ),
  refuted(
    'disclosure with another tag',
    'disclosures.malformed',
    firstDisclosure(([, ...rest]) => ['anchorlog/commitment/2', ...rest]),
  ),
  refuted('disclosure given twice', 'disclosures.repeated', (b) => {
    const [first] = b.disclosures;
    if (first !== undefined) b.disclosures.push(first);
  }),
  refuted('disclosure in another form', 'disclosures.malformed', (b) => {
    const [first] = b.disclosures;
    if (first === undefined) return;
    b.disclosures[0] = Buffer.from(
      Buffer.from(first, 'base64').toString().replace(',', ', '),
    ).toString('base64');
  }),
];

const LOG: readonly Recipe[] = [
  refuted('inclusion: bit flipped', 'inclusion.mismatch', (b) => {
    const last = b.inclusion.hashes.length - 1;
    if (last >= 0) b.inclusion.hashes[last] = flip64(b.inclusion.hashes[last]!, 31);
  }),
  refuted('inclusion: last hash missing', 'inclusion.malformed', (b) => {
    b.inclusion.hashes.pop();
  }),
  refuted('inclusion: a hash too many', 'inclusion.malformed', (b) => {
    b.inclusion.hashes.push(Buffer.alloc(32, 7).toString('base64'));
  }),
  refuted('inclusion: hashes in reverse', 'inclusion.mismatch', (b) => {
    b.inclusion.hashes.reverse();
  }),
  refuted("inclusion: the neighbour's index", 'inclusion.mismatch', (b) => {
    const { index } = b.inclusion;
    const neighbour = index % 2 === 0 ? index + 1 : index - 1;
    if (neighbour < sizeOf(b.checkpoint)) b.inclusion.index = neighbour;
  }),
  refuted('inclusion: index is the size', 'inclusion.malformed', (b) => {
    b.inclusion.index = sizeOf(b.checkpoint);
  }),
  refuted('checkpoint: origin changed', 'log.mismatch', (b) => {
    b.checkpoint = editLine(b.checkpoint, 0, (line) => `${line}x`);
  }),
  refuted('checkpoint: size changed', 'checkpoint.signatureInvalid', (b) => {
    b.checkpoint = editLine(b.checkpoint, 1, (line) => String(Number(line) + 1));
  }),
  refuted('checkpoint: root changed', 'checkpoint.signatureInvalid', (b) => {
    b.checkpoint = editLine(b.checkpoint, 2, flip64);
  }),
  refuted('checkpoint: line added', 'checkpoint.signatureInvalid', (b) => {
    b.checkpoint = editLine(b.checkpoint, 2, (line) => `${line}\nanother line`);
  }),
  refuted('checkpoint: size with a leading zero', 'checkpoint.signatureInvalid', (b) => {
    b.checkpoint = editLine(b.checkpoint, 1, (line) => `0${line}`);
  }),
  refuted('checkpoint: signature changed', 'checkpoint.signatureInvalid', (b) => {
    b.checkpoint = editSignature(b.checkpoint, (bytes) => {
      bytes[20]! ^= 1;
      return bytes;
    });
  }),
  refuted('checkpoint: signature cut', 'checkpoint.signatureInvalid', (b) => {
    b.checkpoint = editSignature(b.checkpoint, (bytes) => bytes.subarray(0, -1));
  }),
  refuted('checkpoint: signature taken away', 'checkpoint.malformed', (b) => {
    b.checkpoint = b.checkpoint.slice(0, b.checkpoint.indexOf('\n\n') + 2);
  }),
  unknown('checkpoint: signed by a key with another id', 'checkpoint.keyUnknown', (b) => {
    b.checkpoint = editSignature(b.checkpoint, (bytes) => {
      bytes[0]! ^= 1;
      return bytes;
    });
  }),
  refuted('receipt: time changed', 'receipt.signatureInvalid', (b) => {
    if (b.receipt) b.receipt.note = b.receipt.note.replace(/^time \d/m, 'time 1');
  }),
  refuted('receipt: promise changed', 'receipt.signatureInvalid', (b) => {
    if (b.receipt) b.receipt.note = b.receipt.note.replace(/^anchorBy \d/m, 'anchorBy 3');
  }),
  refuted('receipt: not a note', 'receipt.malformed', (b) => {
    if (b.receipt) b.receipt.note = b.receipt.note.replaceAll('\n\n', '\n');
  }),
  refuted('receipt: a hash too many', 'receipt.mismatch', (b) => {
    b.receipt?.hashes.push(Buffer.alloc(32, 7).toString('base64'));
  }),
  harmless('receipt: the checkpoint shown as one', 'receipt.keyUnknown', (b) => {
    if (b.receipt) b.receipt.note = b.checkpoint;
  }),
  unknown('checkpoint: the receipt shown as one', 'checkpoint.keyUnknown', (b) => {
    if (b.receipt) b.checkpoint = b.receipt.note;
  }),
];

/** Spoil the last sealed evidence of the bundle: usually that of an anchor which covers the entry. */
function lastSealed(change: (evidence: SealedJson) => void): Spoil {
  return (b) => {
    const found = b.anchors.flatMap(({ evidence }) => evidence).findLast(isSealed);
    if (found) change(found);
  };
}

function everySealed(change: (evidence: SealedJson) => void): Spoil {
  return (b) => {
    for (const { evidence } of b.anchors) evidence.filter(isSealed).forEach(change);
  };
}

function isSealed({ kind }: SealedJson): boolean {
  return kind === 'sealed';
}

function header(change: (parts: HeaderParts) => void): Spoil {
  return lastSealed((evidence) => {
    evidence.header = editHeader(evidence.header, change);
  });
}

function everyHeader(change: (parts: HeaderParts) => void): Spoil {
  return everySealed((evidence) => {
    evidence.header = editHeader(evidence.header, change);
  });
}

const ANCHORS: readonly Recipe[] = [
  refuted('anchor: root of its head changed', 'consistency.mismatch', (b) => {
    const anchor = b.anchors.at(-1);
    if (anchor) anchor.head.rootHash = flip64(anchor.head.rootHash);
  }),
  refuted('anchor: size of its head changed', 'anchor.eventHead', (b) => {
    const anchor = b.anchors.at(-1);
    if (anchor) anchor.head.size += 1;
  }),
  refuted('anchor: index root of its head changed', 'consistency.indexRoot', (b) => {
    const anchor = b.anchors.at(-1);
    if (anchor) anchor.head.indexRoot = flip64(anchor.head.indexRoot);
  }),
  refuted('consistency: bit flipped', 'consistency.mismatch', (b) => {
    const anchor = b.anchors.find(({ consistency }) => consistency.length > 0);
    if (anchor) anchor.consistency[0] = flip64(anchor.consistency[0]!);
  }),
  refuted('consistency: last hash missing', 'consistency.malformed', (b) => {
    b.anchors.find(({ consistency }) => consistency.length > 0)?.consistency.pop();
  }),
  refuted('consistency: a hash too many', 'consistency.malformed', (b) => {
    b.anchors[0]?.consistency.push(Buffer.alloc(32, 7).toString('base64'));
  }),
  unknown('evidence: all taken away', 'evidence.absent', (b) => {
    for (const anchor of b.anchors) anchor.evidence = [];
    delete b.receipt;
  }),
  unknown('evidence: anchors taken away', 'evidence.absent', (b) => {
    b.anchors = [];
    delete b.receipt;
  }),
  unknown(
    'evidence: of a kind to come',
    'anchor.kindUnsupported',
    everySealed((evidence) => {
      evidence.kind = 'notarized';
    }),
  ),
  unknown(
    'evidence: of another chain',
    'anchor.chainUnknown',
    everySealed((evidence) => {
      evidence.chainId += 1_000_000;
    }),
  ),
  unknown(
    'evidence: of another contract',
    'anchor.contractForeign',
    everySealed((evidence) => {
      evidence.contract = flipHex(evidence.contract);
    }),
  ),
  refuted(
    'header: a seal given twice',
    'anchor.sealRepeated',
    header(({ seals }) => {
      seals[seals.length - 1] = seals[0]!;
    }),
  ),
  refuted(
    "header: a seal's second encoding beside it",
    'anchor.sealMalleated',
    header(({ seals }) => void seals.push(malleate(seals[0]!))),
  ),
  refuted(
    'header: a seal by somebody else',
    'anchor.sealForeign',
    header(({ seals }) => {
      seals[0] = Uint8Array.from(seals[0]!, (byte, i) => (i === 63 ? byte ^ 1 : byte));
    }),
  ),
  refuted(
    'header: a seal cut',
    'anchor.sealMalformed',
    header(({ seals }) => {
      seals[0] = seals[0]!.subarray(0, 64);
    }),
  ),
  refuted(
    'header: too few seals',
    'anchor.sealsTooFew',
    header(
      ({ seals, validators }) => void seals.splice(Math.ceil((2 * validators.length) / 3) - 1),
    ),
  ),
  refuted(
    'header: no seals',
    'anchor.sealsTooFew',
    header(({ seals }) => void seals.splice(0)),
  ),
  unknown(
    'header: a validator left out',
    'anchor.validatorsDiffer',
    everyHeader(({ validators }) => void validators.pop()),
  ),
  unknown(
    'header: a validator exchanged',
    'anchor.validatorsDiffer',
    everyHeader(({ validators }) => {
      if (validators[0]) validators[0] = validators[0].map((byte) => byte ^ 1);
    }),
  ),
  refuted(
    'header: time changed',
    'anchor.sealForeign',
    header(({ fields }) => {
      const time = Uint8Array.from(fields[11] as Uint8Array); // a header's fields are strings
      time[time.length - 1]! ^= 1;
      fields[11] = time;
    }),
  ),
  refuted(
    'header: receipts root changed',
    'anchor.sealForeign',
    header(({ fields }) => {
      fields[5] = (fields[5] as Uint8Array).map((byte) => byte ^ 1); // as above
    }),
  ),
  refuted(
    'header: a byte after it',
    'anchor.headerMalformed',
    lastSealed((evidence) => {
      evidence.header += '00';
    }),
  ),
  refuted(
    'header: cut',
    'anchor.headerMalformed',
    lastSealed((evidence) => {
      evidence.header = evidence.header.slice(0, -2);
    }),
  ),
  refuted(
    'transaction receipt: bit flipped',
    'anchor.txReceiptMismatch',
    lastSealed(({ txReceipt: { nodes } }) => {
      nodes[nodes.length - 1] = flipHex(nodes.at(-1)!, 40);
    }),
  ),
  refuted(
    'transaction receipt: a node missing',
    'anchor.txReceiptMismatch',
    lastSealed(({ txReceipt: { nodes } }) => void nodes.pop()),
  ),
  refuted(
    'transaction receipt: a node too many',
    'anchor.txReceiptMismatch',
    lastSealed(({ txReceipt: { nodes } }) => void nodes.push(nodes[0]!)),
  ),
  refuted(
    'transaction receipt: of another transaction',
    'anchor.txReceiptMismatch',
    lastSealed(({ txReceipt }) => {
      txReceipt.index += 200;
    }),
  ),
  refuted(
    'transaction receipt: another of its logs',
    'anchor.eventForeign',
    lastSealed(({ txReceipt }) => {
      txReceipt.logIndex += 1000;
    }),
  ),
  refuted(
    'evidence: a member missing',
    'bundle.malformed',
    lastSealed((evidence) => {
      delete (evidence as Partial<SealedJson>).header;
    }),
  ),
  refuted(
    'evidence: contract in upper case',
    'bundle.malformed',
    lastSealed((evidence) => {
      evidence.contract = `0x${evidence.contract.slice(2).toUpperCase().replace(/^./, 'A')}`;
    }),
  ),
];

const RECIPES: readonly Recipe[] = [...FORM, ...ENTRY, ...DISCLOSURES, ...LOG, ...ANCHORS];

function sizeOf(checkpoint: string): number {
  return Number(checkpoint.split('\n')[1]);
}
