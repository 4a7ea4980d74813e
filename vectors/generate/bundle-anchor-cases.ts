import type { JsonObject } from '@anchorlog/core';
import {
  CHECKPOINT,
  INDEX,
  blocks,
  bundleOf,
  chain,
  chainRecord,
  issuerKey,
  keyRecord,
  log,
  otherChain,
  policyOf,
  policyWithKey,
  policyWithLog,
  type BundleCase,
} from './bundle-cases.ts';
import { base64, type BlockOptions } from './bundle-world.ts';

// Several anchors in one bundle, validators that were replaced, contracts, closures, clocks and promises (spec/verdict §4.5, §4.6).

/** The last block of the old validators; then one of four is another. */
const LAST = 8000;
const newValidators = [...chain.validators.slice(1), otherChain.validators[0]!];
const renewed = {
  ...blocks.later,
  namedValidators: chain.addresses(newValidators),
  seals: newValidators.slice(0, 3),
};
/** Sealed by the old validators whenever they like, over a head that everybody can see. */
const antedated = { ...blocks.first, number: 12, time: '2019-01-01T00:00:00Z', anchorNumber: 1 };
/** A time at which both sets have sealed. */
const AFTER = '2027-06-30T04:00:00.000Z';

const replaced: readonly JsonObject[] = [
  chainRecord(chain, [
    { fromBlock: 0, untilBlock: LAST, validators: chain.addresses() },
    { fromBlock: LAST + 1, validators: chain.addresses(newValidators) },
  ]),
];

/** A second registry on the chain. */
const OTHER_CONTRACT = `0x${'c0'.repeat(20)}`;

const withKeyUntil = (until: string): JsonObject => ({
  ...policyWithKey(keyRecord(issuerKey, { until })),
  chains: replaced,
});

const closedAt = (number: number, contract = chain.contract): JsonObject =>
  policyWithLog({ closedAt: [{ chainId: chain.chainId, contract, number }] });

/** A bundle without anchors and with a receipt of these times. */
const promised = (received: string, anchorBy: string): JsonObject => ({
  ...bundleOf({ anchors: [] }),
  receipt: {
    note: log.receipt(6, { received, anchorBy }),
    hashes: log.path(INDEX, 6).map(base64),
  },
});

/** Cases of anchors that stand beside each other, or under a policy that knows more than one set, contract or end of the log. */
export function anchorCases(): BundleCase[] {
  return [...retiredCases(), ...contradictions(), ...untrustedCases(), ...timeCases()];
}

function retiredCases(): BundleCase[] {
  const policy = policyOf({ chains: replaced });
  const time = '2027-03-12T02:15:10.000Z';
  return [
    {
      name: 'validators replaced since, and no newer anchor',
      bundle: bundleOf(),
      policy,
      outcome: 'unknown',
      reason: 'evidence.undecided',
      codes: ['anchor.validatorsRetired'],
      times: { anchoredTime: null, formerTime: null },
    },
    {
      name: 'validators replaced since, confirmed by a newer anchor: the time is that of the newer',
      bundle: bundleOf({ anchors: [blocks.first, renewed] }),
      policy,
      now: AFTER,
      outcome: 'verified',
      times: { anchoredTime: time, formerTime: '2026-03-12T02:15:10.000Z', loggedAfter: null },
    },
    {
      name: 'replaced validators alone antedate an entry: nobody takes their time',
      bundle: bundleOf({ anchors: [antedated, renewed] }),
      policy,
      now: AFTER,
      outcome: 'verified',
      times: { anchoredTime: time, formerTime: '2019-01-01T00:00:00.000Z' },
    },
    {
      name: 'replaced validators postdate a head that does not cover the entry',
      bundle: bundleOf({
        anchors: [{ ...blocks.before, number: 7999, time: '2027-03-01T00:00:00Z' }, renewed],
      }),
      policy,
      now: AFTER,
      outcome: 'verified',
      times: { anchoredTime: time, loggedAfter: null },
    },
    {
      name: 'key retired before the anchor of the set in office',
      bundle: bundleOf({ anchors: [renewed] }),
      policy: withKeyUntil('2026-12-31T00:00:00Z'),
      now: AFTER,
      outcome: 'refuted',
      reason: 'signature.keyRetired',
    },
    {
      name: 'key retired before the anchor of the set in office, replaced validators say otherwise',
      bundle: bundleOf({ anchors: [antedated, renewed] }),
      policy: withKeyUntil('2026-12-31T00:00:00Z'),
      now: AFTER,
      outcome: 'unknown',
      reason: 'signature.timeUnknown',
    },
    {
      name: 'key retired before any anchor, whoever sealed it',
      bundle: bundleOf({ anchors: [blocks.first, renewed] }),
      policy: withKeyUntil('2026-03-12T02:15:09Z'),
      now: AFTER,
      outcome: 'refuted',
      reason: 'signature.keyRetired',
    },
  ];
}

function contradictions(): BundleCase[] {
  const both = (name: string, first: BlockOptions, second: BlockOptions): BundleCase => ({
    name,
    bundle: bundleOf({ anchors: [first, second] }),
    policy: policyOf(),
    now: AFTER,
    outcome: 'refuted',
    reason: 'anchor.contradiction',
  });
  const { before, first, later } = blocks;
  return [
    {
      ...both('replaced validators give an anchored head another number', antedated, renewed),
      bundle: bundleOf({ anchors: [{ ...antedated, size: later.size }, renewed] }),
      policy: policyOf({ chains: replaced }),
    },
    both('one number, two heads', first, { ...later, anchorNumber: first.anchorNumber }),
    both('one head, two numbers', first, { ...first, anchorNumber: 3 }),
    both('one anchor, two blocks', first, { ...first, number: 105 }),
    both('a later number of a smaller head', { ...before, anchorNumber: 78 }, later),
    both('a later number in an earlier block', first, { ...later, number: 103 }),
    both('a later block of an earlier time', first, { ...later, time: '2026-03-12T02:15:09Z' }),
    both('one height, two blocks', first, { ...later, number: first.number }),
    both('not on record after it was on record', { ...before, number: 9002 }, first),
    {
      ...both('two registries, and time goes back between their blocks', first, later),
      bundle: bundleOf({
        anchors: [
          first,
          { ...later, contract: OTHER_CONTRACT, anchorNumber: 1, time: '2026-03-12T02:15:09Z' },
        ],
      }),
      policy: withOtherContract(),
    },
    {
      name: 'one anchor sealed in two rounds',
      bundle: bundleOf({ anchors: [first, { ...first, round: 2 }] }),
      policy: policyOf(),
      outcome: 'verified',
    },
    {
      name: 'a slower chain had not anchored it yet',
      bundle: {
        ...bundleOf(),
        anchors: [
          log.anchor(first.size, CHECKPOINT, [chain.evidence(first)]),
          log.anchor(before.size, CHECKPOINT, [
            otherChain.evidence({ ...before, time: '2026-03-12T02:16:00Z' }),
          ]),
        ],
      },
      policy: policyOf({
        chains: [chain, otherChain].map((each) =>
          chainRecord(each, [{ fromBlock: 0, validators: each.addresses() }]),
        ),
      }),
      outcome: 'verified',
      times: { anchoredTime: '2026-03-12T02:15:10.000Z', loggedAfter: null },
    },
  ];
}

function withOtherContract(): JsonObject {
  return policyOf({
    chains: [
      {
        ...chainRecord(chain, [{ fromBlock: 0, validators: chain.addresses() }]),
        otherContracts: [{ contract: OTHER_CONTRACT, codeHash: `0x${'cd'.repeat(32)}` }],
      },
    ],
  });
}

function untrustedCases(): BundleCase[] {
  const policy = policyOf();
  const { first, later } = blocks;
  const undecided = (name: string, changes: Partial<BlockOptions>, code: string): BundleCase => ({
    name,
    bundle: bundleOf({ anchors: [{ ...first, ...changes }] }),
    policy,
    outcome: 'unknown',
    reason: 'evidence.undecided',
    codes: [code],
  });
  const strangers = { seals: otherChain.validators };
  return [
    undecided(
      'other validators, who name and seal themselves',
      { ...strangers, namedValidators: otherChain.addresses() },
      'anchor.validatorsDiffer',
    ),
    undecided(
      'other validators, who name nobody',
      { ...strangers, namedValidators: [] },
      'anchor.validatorsDiffer',
    ),
    undecided(
      'a contract that the policy does not know',
      { contract: OTHER_CONTRACT },
      'anchor.contractForeign',
    ),
    {
      name: 'a newer anchor, by validators whom the policy does not know yet',
      bundle: bundleOf({ anchors: [first, renewed] }),
      policy,
      now: AFTER,
      outcome: 'verified',
      codes: ['anchor.validatorsDiffer'],
    },
    {
      name: 'a newer anchor in a contract that the policy does not know yet',
      bundle: bundleOf({ anchors: [first, { ...later, contract: OTHER_CONTRACT }] }),
      policy,
      now: AFTER,
      outcome: 'verified',
      codes: ['anchor.contractForeign'],
    },
    {
      name: 'anchors in two contracts of one chain, each with numbers of its own',
      bundle: bundleOf({
        anchors: [
          first,
          { ...later, contract: OTHER_CONTRACT, anchorNumber: 1, number: first.number + 1 },
        ],
      }),
      policy: withOtherContract(),
      now: AFTER,
      outcome: 'verified',
      times: { anchoredTime: '2026-03-12T02:15:10.000Z' },
    },
    {
      name: 'log closed with the anchor that covers the entry',
      bundle: bundleOf(),
      policy: closedAt(first.anchorNumber),
      outcome: 'verified',
    },
    {
      name: 'log closed before the anchor that covers the entry',
      bundle: bundleOf({ anchors: [blocks.before, first], receipt: 6 }),
      policy: closedAt(first.anchorNumber - 1),
      now: '2026-03-12T12:00:00.000Z',
      outcome: 'unknown',
      reason: 'evidence.void',
      codes: ['anchor.headVoid'],
      times: { anchoredTime: null, loggedAfter: '2026-03-12T02:15:00.000Z' },
    },
    {
      name: 'log closed, and one anchor after it beside one that counts',
      bundle: bundleOf({ anchors: [later, first] }),
      policy: closedAt(first.anchorNumber),
      now: AFTER,
      outcome: 'verified',
      codes: ['anchor.headVoid'],
    },
    {
      name: 'log closed in one registry, and anchored in another',
      bundle: bundleOf({ anchors: [{ ...first, contract: OTHER_CONTRACT }] }),
      policy: { ...closedAt(0), chains: withOtherContract()['chains']! },
      outcome: 'verified',
    },
  ];
}

function timeCases(): BundleCase[] {
  const policy = policyOf();
  const at = (now: string): BundleCase => ({
    name: `block of 02:15:10, verified at ${now}`,
    bundle: bundleOf(),
    policy,
    now,
    outcome: 'verified',
  });
  const received = '2026-03-12T02:15:02.500Z';
  const forever = promised(received, '9999-12-31T23:59:59.999Z');
  return [
    at('2026-03-12T02:10:10.000Z'),
    {
      ...at('2026-03-12T02:10:09.999Z'),
      outcome: 'unknown',
      reason: 'evidence.undecided',
      codes: ['anchor.timeAhead'],
      times: { anchoredTime: null },
    },
    {
      name: 'promise without end, on the last day that counts',
      bundle: forever,
      policy,
      now: '2026-04-12T02:15:02.500Z',
      outcome: 'pending',
      reason: 'evidence.pending',
    },
    {
      name: 'promise without end, a month later',
      bundle: forever,
      policy,
      now: '2026-04-12T02:15:02.501Z',
      outcome: 'unknown',
      reason: 'evidence.overdue',
    },
    {
      name: 'receipt of times to come',
      bundle: promised('9999-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'),
      policy,
      outcome: 'unknown',
      reason: 'evidence.absent',
    },
  ];
}
