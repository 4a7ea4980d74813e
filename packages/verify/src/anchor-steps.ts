import { formatHex, formatInstant, parseInstant } from '@anchorlog/core';
import {
  logId,
  parseHeader,
  verifyAnchorEvidence,
  type SealedEvidence,
  type VerifiedAnchor,
} from '@anchorlog/evm-proof';
import {
  verifyConsistency,
  type Checkpoint,
  type ReceiptHead,
  type TreeHasher,
  type TreeHead,
} from '@anchorlog/tlog';
import type { Bundle, BundleAnchor, Evidence } from './bundle.ts';
import { evaluateRule, type EvidenceKind, type EvidenceState } from './evidence-rule.ts';
import type { PolicyChain, PolicyLog, TrustPolicy } from './policy.ts';
import { causeOf, refusedStep, step } from './report.ts';
import type { StepCode } from './step.ts';
import type { Step, VerdictAnchor } from './verdict.ts';

/** What the anchors of a bundle come to. */
export interface AnchorReport {
  readonly steps: readonly Step[];
  /** Heads that are consistent with the checkpoint. */
  readonly heads: readonly TreeHead[];
  /** Those that count. spec/verdict §4.5 */
  readonly counted: readonly VerdictAnchor[];
  /** Milliseconds since 1970; of the earliest that covers the entry. */
  readonly anchored?: number | undefined;
  /** Of the latest that does not cover it. */
  readonly before?: number | undefined;
  /** Kinds of evidence on anchors that cover the entry and could not be judged. */
  readonly open: ReadonlySet<string>;
}

/** Check each anchor: consistent with the checkpoint, and sealed by pinned validators. spec/verdict §4.5 */
export function anchorSteps(
  { anchors, inclusion }: Bundle,
  checkpoint: Checkpoint,
  log: PolicyLog,
  policy: TrustPolicy,
  hasher: TreeHasher,
): AnchorReport {
  const id = logId(log.origin);
  const examined = anchors.map((anchor, i) => {
    const consistency = consistencyStep(anchor, i, checkpoint, log, hasher);
    const evidence = anchor.evidence.map((item, j) =>
      evidenceItem(item, anchor, id, policy, { anchor: i, evidence: j }),
    );
    return { anchor, consistency, evidence, consistent: consistency.result === 'pass' };
  });

  // The largest head that a set in office has sealed: it confirms what retired sets sealed.
  const confirmed = Math.max(
    ...examined
      .filter(({ consistent, evidence }) => consistent && evidence.some(inOffice))
      .map(({ anchor }) => anchor.head.size),
  );

  const steps: Step[] = [];
  const counted: VerdictAnchor[] = [];
  const open = new Set<string>();
  for (const { anchor, consistency, evidence, consistent } of examined) {
    steps.push(consistency);
    const covers = anchor.head.size > inclusion.index;
    for (const { kind, sealed, step: found } of evidence) {
      const holds = sealed && (!sealed.retired || anchor.head.size <= confirmed);
      const final = sealed && !holds ? step('anchor.validatorsRetired', found.facts) : found;
      steps.push(final);
      if (consistent && holds) counted.push(verdictAnchor(anchor, sealed, covers));
      if (consistent && covers && final.result === 'unknown') open.add(kind);
    }
  }
  const times = (covering: boolean): number[] =>
    counted
      .filter(({ covers }) => covers === covering)
      .map(({ block }) => parseInstant(block.time));
  return {
    steps,
    heads: examined.filter(({ consistent }) => consistent).map(({ anchor }) => anchor.head),
    counted,
    anchored: times(true).length > 0 ? Math.min(...times(true)) : undefined,
    before: times(false).length > 0 ? Math.max(...times(false)) : undefined,
    open,
  };
}

/** The anchored head and the checkpoint are heads of one log. spec/verdict §4.1 */
function consistencyStep(
  { head, consistency }: BundleAnchor,
  anchor: number,
  checkpoint: Checkpoint,
  log: PolicyLog,
  hasher: TreeHasher,
): Step {
  const facts = { anchor, size: head.size, checkpoint: checkpoint.size };
  const [older, newer] = head.size < checkpoint.size ? [head, checkpoint] : [checkpoint, head];
  try {
    verifyConsistency({ older, newer, hashes: consistency }, hasher);
  } catch (error) {
    const codes = { TLOG_ROOT_MISMATCH: 'consistency.mismatch' } as const;
    return refusedStep(error, codes, 'consistency.malformed', facts);
  }
  const indexed = checkpoint.indexRoot;
  const agrees =
    log.index === 'none'
      ? head.indexRoot.every((byte) => byte === 0)
      : head.size !== checkpoint.size ||
        (indexed !== undefined && formatHex(indexed) === formatHex(head.indexRoot));
  return step(agrees ? 'consistency.proven' : 'consistency.indexRoot', facts);
}

interface Sealed {
  readonly chain: PolicyChain;
  readonly anchor: VerifiedAnchor;
  /** RFC 3339 in UTC. */
  readonly time: string;
  readonly retired: boolean;
}

interface Examined {
  readonly kind: string;
  readonly step: Step;
  readonly sealed?: Sealed | undefined;
}

type Place = { readonly anchor: number; readonly evidence: number };

function evidenceItem(
  item: Evidence,
  anchor: BundleAnchor,
  id: Uint8Array,
  policy: TrustPolicy,
  place: Place,
): Examined {
  if (item.kind === 'sealed') return sealedItem(item, anchor, id, policy, place);
  const kind = item.json['kind'] as string; // its reader checked it
  return { kind, step: step('anchor.kindUnsupported', { ...place, kind }) };
}

function sealedItem(
  evidence: SealedEvidence,
  { head }: BundleAnchor,
  id: Uint8Array,
  policy: TrustPolicy,
  place: Place,
): Examined {
  const { kind } = evidence;
  const facts = { ...place, chainId: evidence.chainId };
  const chain = policy.chains.get(evidence.chainId);
  if (!chain) return { kind, step: step('anchor.chainUnknown', facts) };
  try {
    const { number } = parseHeader(evidence.header);
    const set = chain.validatorSets.find(
      ({ fromBlock, untilBlock = Infinity }) => fromBlock <= number && number <= untilBlock,
    );
    if (!set) return { kind, step: step('anchor.validatorsUnknown', { ...facts, block: number }) };
    const { chainId, contract } = chain;
    const { validators } = set;
    const anchor = verifyAnchorEvidence({
      evidence,
      validators,
      chainId,
      contract,
      logId: id,
      head,
    });
    const time = formatInstant(anchor.blockTime * 1000);
    parseInstant(time); // refuses years that RFC 3339 cannot write
    const retired = set.untilBlock !== undefined;
    const seen = {
      ...facts,
      block: anchor.blockNumber,
      signers: anchor.signers.length,
      quorum: anchor.quorum,
      validators: anchor.validators,
      retired,
    };
    return { kind, step: step('anchor.sealed', seen), sealed: { chain, anchor, time, retired } };
  } catch (error) {
    const cause = causeOf(error);
    const otherwise = cause.startsWith('EVM_TRIE_')
      ? 'anchor.txReceiptMismatch'
      : 'anchor.headerMalformed';
    return { kind, step: refusedStep(error, SEALED_CODES, otherwise, facts) };
  }
}

const SEALED_CODES: Readonly<Record<string, StepCode>> = {
  EVM_EVIDENCE_CONTRACT: 'anchor.contractForeign',
  EVM_VALIDATORS_DIFFER: 'anchor.validatorsDiffer',
  EVM_SEAL_SHAPE: 'anchor.sealMalformed',
  EVM_SEAL_MALLEATED: 'anchor.sealMalleated',
  EVM_SEAL_FOREIGN: 'anchor.sealForeign',
  EVM_SEAL_REPEATED: 'anchor.sealRepeated',
  EVM_SEALS_TOO_FEW: 'anchor.sealsTooFew',
  EVM_TXRECEIPT_TYPE: 'anchor.txReceiptUnsupported',
  EVM_TXRECEIPT_SHAPE: 'anchor.txReceiptMismatch',
  EVM_TXRECEIPT_FAILED: 'anchor.txFailed',
  EVM_EVENT_ABSENT: 'anchor.eventForeign',
  EVM_EVENT_CONTRACT: 'anchor.eventForeign',
  EVM_EVENT_TOPIC: 'anchor.eventForeign',
  EVM_EVENT_DATA: 'anchor.eventForeign',
  EVM_EVENT_CHAIN: 'anchor.eventChain',
  EVM_EVENT_LOG: 'anchor.eventLog',
  EVM_EVENT_HEAD: 'anchor.eventHead',
};

function inOffice({ sealed }: Examined): boolean {
  return sealed !== undefined && !sealed.retired;
}

function verdictAnchor(
  { head }: BundleAnchor,
  { chain, anchor, time, retired }: Sealed,
  covers: boolean,
): VerdictAnchor {
  return {
    chainId: chain.chainId,
    chain: chain.name,
    contract: `0x${formatHex(chain.contract)}`,
    number: anchor.number,
    size: head.size,
    block: {
      number: anchor.blockNumber,
      hash: `0x${formatHex(anchor.blockHash)}`,
      time,
    },
    txIndex: anchor.txIndex,
    signers: anchor.signers.length,
    quorum: anchor.quorum,
    validators: anchor.validators,
    covers,
    checked: anchor.checked,
    retired,
  };
}

/** The evidence rule of the policy over anchors that cover the entry. spec/policy §7, spec/verdict §2.1 */
export function evidenceStep(
  policy: TrustPolicy,
  { counted, open }: AnchorReport,
  receipt: ReceiptHead | undefined,
  now: number,
): Step {
  const kinds = evidenceKinds(counted);
  const stateOf = (kind: EvidenceKind): EvidenceState => {
    if (kinds.includes(kind)) return 'met';
    return kind === 'live' || open.has(kind) ? 'unknown' : 'absent';
  };
  const facts = { kinds, undecided: [...open] };
  const state = evaluateRule(policy.evidence, stateOf);
  if (state === 'met') return step('evidence.met', facts);
  if (state === 'unknown') return step('evidence.undecided', facts);
  if (!receipt) return step('evidence.absent', facts);
  const promised = now <= parseInstant(receipt.anchorBy);
  return step(promised ? 'evidence.pending' : 'evidence.overdue', facts);
}

/** Kinds of evidence that hold for the entry. */
export function evidenceKinds(counted: readonly VerdictAnchor[]): string[] {
  return counted.some(({ covers }) => covers) ? ['sealed'] : [];
}
