import { canonicalize, parseJson, type JsonObject } from '@anchorlog/core';
import { bundleMutants } from '@anchorlog/testkit';
import { anchorCases } from '../../../vectors/generate/bundle-anchor-cases.ts';
import { curveBundle, policyWithCurve } from './curve-world.ts';
import {
  CHECKPOINT,
  INDEX,
  PERMIT_SHA256,
  TestLog,
  ORIGIN,
  base64,
  blocks,
  bundleOf,
  chain,
  forgedCases,
  fullBundle,
  goodCases,
  license,
  log,
  policyOf,
  policyWithLog,
  testStatement,
  type BundleCase,
} from './world.ts';

/** Every case of the vectors and the mutants, and those that only concern this program. */
export function allCases(): BundleCase[] {
  const mutants = bundleMutants(fullBundle()).map(
    ({ name, bundle, outcome, code }): BundleCase => ({
      name,
      bundle,
      policy: policyOf(),
      outcome,
      codes: [code],
    }),
  );
  return [...goodCases(), ...forgedCases(), ...anchorCases(), ...mutants, ...ownCases()];
}

/** Cases beside the vectors: what depends on the version, on options, or on policies of logs yet to come. */
export function ownCases(): BundleCase[] {
  const policy = policyOf();
  const indexRoot = base64(new Uint8Array(32).fill(3));
  const line = [`index ${indexRoot}`];
  const indexed = policyWithLog({ index: 'index/1' });
  const headWith = (root: string, size = CHECKPOINT): JsonObject => {
    const anchor = log.anchor(size, CHECKPOINT, []);
    return { ...anchor, head: { ...(anchor['head'] as JsonObject), indexRoot: root } }; // as made above
  };
  const otherReceipt = new TestLog('example.gov/other', new Map());
  return [
    {
      name: 'statement signed by an algorithm to come',
      bundle: { ...bundleOf(), entry: entryWith({ alg: 'ES384' }) },
      policy,
      outcome: 'unknown',
      reason: 'entry.unsupported',
      codes: ['log.skipped', 'status.skipped', 'evidence.skipped', 'anchor.skipped'],
    },
    {
      name: 'statement signed by an algorithm that nothing was given for',
      bundle: curveBundle('SM2'),
      policy: policyWithCurve('SM2'),
      outcome: 'unknown',
      reason: 'signature.unsupported',
    },
    {
      name: 'malformed checkpoint of an unknown log',
      bundle: { ...bundleOf(), checkpoint: 'not a note' },
      policy: policyOf({ logs: [] }),
      outcome: 'refuted',
      reason: 'checkpoint.malformed',
      codes: ['log.unknown'],
    },
    {
      name: 'log of a hash suite that is not here',
      bundle: bundleOf(),
      policy: policyWithLog({ suite: 'sm3' }),
      outcome: 'unknown',
      reason: 'log.suiteUnsupported',
    },
    {
      name: 'file digest that is none',
      bundle: fullBundle(),
      policy,
      files: [{ sha256: PERMIT_SHA256 }, { sha256: 'permit.ofd' }],
      outcome: 'unknown',
      reason: 'files.unreadable',
    },
    {
      name: 'file of a record that has none',
      bundle: withoutFiles(),
      policy,
      files: [{ sha256: PERMIT_SHA256 }],
      outcome: 'unknown',
      reason: 'files.unnamed',
    },
    {
      name: 'file that a claim names by its digest',
      bundle: withoutFiles({ digest: digest('SHA-256', PERMIT_SHA256) }),
      policy,
      files: [{ name: 'copy.ofd', sha256: PERMIT_SHA256 }],
      outcome: 'verified',
      codes: ['files.match'],
    },
    {
      name: 'file that a claim names by its SM3 digest, in a list',
      bundle: withoutFiles({ materialDigests: [digest('SM3', '12'.repeat(32))] }),
      policy,
      files: [{ sha256: PERMIT_SHA256, sm3: '12'.repeat(32) }],
      outcome: 'verified',
      codes: ['files.match'],
    },
    {
      name: 'file of which no SM3 digest was given',
      bundle: withoutFiles({ digest: digest('SM3', '12'.repeat(32)) }),
      policy,
      files: [{ sha256: PERMIT_SHA256 }],
      outcome: 'unknown',
      reason: 'files.unsupported',
    },
    {
      name: 'other file than the one that a claim names',
      bundle: withoutFiles({ digest: digest('SHA-256', '12'.repeat(32)) }),
      policy,
      files: [{ sha256: PERMIT_SHA256, sm3: '12'.repeat(32) }],
      outcome: 'refuted',
      reason: 'files.mismatch',
    },
    {
      name: 'salted digest names no file',
      bundle: withoutFiles({ digest: { ...digest('SHA-256', PERMIT_SHA256), salted: true } }),
      policy,
      files: [{ sha256: PERMIT_SHA256 }],
      outcome: 'unknown',
      reason: 'files.unnamed',
    },
    {
      name: 'file digest in upper case',
      bundle: fullBundle(),
      policy,
      files: [{ sha256: PERMIT_SHA256.toUpperCase() }],
      outcome: 'verified',
      codes: ['files.match'],
    },
    {
      name: 'receipt of a log whose receipt key the policy does not know',
      bundle: fullBundle(),
      policy: policyWithLog({ receiptVkey: otherReceipt.receiptKey.vkey(`${ORIGIN}/receipt`) }),
      outcome: 'verified',
      codes: ['receipt.keyUnknown'],
    },
    {
      name: 'receipt under an unknown key cannot keep a bundle pending',
      bundle: bundleOf({ anchors: [], receipt: 6 }),
      policy: policyWithLog({ receiptVkey: otherReceipt.receiptKey.vkey(`${ORIGIN}/receipt`) }),
      now: '2026-03-12T12:00:00.000Z',
      outcome: 'unknown',
      reason: 'evidence.absent',
    },
    {
      name: 'receipt that names another log',
      bundle: {
        ...bundleOf(),
        receipt: {
          note: log.receiptKey.note(
            `${ORIGIN}/receipt`,
            `example.gov/other\n6\n${base64(log.root(6))}\ntime 2026-03-12T02:15:02.500Z\nanchorBy 2026-03-13T02:15:02.500Z\n`,
          ),
          hashes: log.path(INDEX, 6).map(base64),
        },
      },
      policy,
      outcome: 'refuted',
      reason: 'receipt.mismatch',
    },
    {
      name: 'log with index: checkpoint without index line',
      bundle: bundleOf(),
      policy: indexed,
      outcome: 'refuted',
      reason: 'checkpoint.indexLine',
    },
    {
      name: 'log with index: head and line agree, no evidence',
      bundle: {
        ...bundleOf({ anchors: [] }),
        checkpoint: log.checkpoint(CHECKPOINT, line),
        anchors: [headWith(indexRoot)],
      },
      policy: indexed,
      outcome: 'unknown',
      reason: 'evidence.absent',
      codes: ['consistency.proven'],
    },
    {
      name: 'log with index: head of another size may have another index root',
      bundle: {
        ...bundleOf({ anchors: [] }),
        checkpoint: log.checkpoint(CHECKPOINT, line),
        anchors: [headWith(base64(new Uint8Array(32).fill(9)), 12)],
      },
      policy: indexed,
      outcome: 'unknown',
      reason: 'evidence.absent',
      codes: ['consistency.proven'],
    },
    {
      name: 'log with index: head of the same size has another index root',
      bundle: {
        ...bundleOf({ anchors: [] }),
        checkpoint: log.checkpoint(CHECKPOINT, line),
        anchors: [headWith(base64(new Uint8Array(32).fill(9)))],
      },
      policy: indexed,
      outcome: 'refuted',
      reason: 'consistency.indexRoot',
    },
    {
      name: 'anchor that does not cover the entry only',
      bundle: bundleOf({ anchors: [blocks.before] }),
      policy,
      outcome: 'unknown',
      reason: 'evidence.absent',
    },
    {
      name: 'time beyond what can be written',
      bundle: bundleOf({ anchors: [{ ...blocks.first, time: '+012345-01-01T00:00:00.000Z' }] }),
      policy,
      outcome: 'refuted',
      reason: 'anchor.headerMalformed',
    },
    {
      name: 'status proof, which this version does not judge',
      bundle: { ...bundleOf(), status: { indexProof: {} } },
      policy,
      on: '2026-06-30',
      outcome: 'unknown',
      reason: 'status.unsupported',
    },
    {
      name: 'status proof, not asked for',
      bundle: { ...bundleOf(), status: { indexProof: {} } },
      policy,
      outcome: 'verified',
      codes: ['status.notAsked'],
    },
    {
      name: 'status asked on no day',
      bundle: bundleOf(),
      policy,
      on: '2026-02-29',
      outcome: 'unknown',
      reason: 'status.dateMalformed',
    },
    {
      name: 'status asked of a bundle that is not anchored yet',
      bundle: bundleOf({ anchors: [], receipt: 6 }),
      policy,
      now: '2026-03-12T12:00:00.000Z',
      on: '2026-03-12',
      outcome: 'unknown',
      reason: 'status.unproven',
      codes: ['evidence.pending'],
    },
    {
      name: 'evidence for one head twice, on one chain',
      bundle: {
        ...bundleOf(),
        anchors: [
          log.anchor(12, CHECKPOINT, [chain.evidence(blocks.first), chain.evidence(blocks.first)]),
        ],
      },
      policy,
      outcome: 'verified',
    },
    {
      name: 'seals by all validators, in round 3',
      bundle: bundleOf({ anchors: [{ ...blocks.first, seals: chain.validators, round: 3 }] }),
      policy,
      outcome: 'verified',
    },
  ];
}

function entryWith(signature: JsonObject): string {
  const statement = parseJson(license.entry) as JsonObject; // an entry is an object
  const changed = { ...(statement['signature'] as JsonObject), ...signature }; // it is signed
  return Buffer.from(canonicalize({ ...statement, signature: changed })).toString('base64');
}

/** A record that has no files, in a log of its own. */
function withoutFiles(claims: JsonObject = {}): JsonObject {
  const bare = testStatement({
    log: ORIGIN,
    profile: 'document/1',
    org: '119999990000001406',
    key: 'DOC-2',
    claims,
    hidden: { files: null },
  });
  const other = new TestLog(ORIGIN, new Map([[0, bare.entry]]));
  return {
    ...bundleOf({ anchors: [] }),
    entry: base64(bare.entry),
    disclosures: [base64(bare.disclosures.get('/files')!)],
    inclusion: { index: 0, hashes: [] },
    checkpoint: other.checkpoint(1),
    anchors: [other.anchor(3, 1, [chain.evidence({ ...blocks.first, size: 3, log: other })])],
  };
}

function digest(alg: string, value: string): JsonObject {
  return { alg, salted: false, value };
}
