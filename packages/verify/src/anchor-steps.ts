import { formatHex, formatInstant } from '@anchorlog/core';
import { logId } from '@anchorlog/evm-proof';
import {
  verifyConsistency,
  type Checkpoint,
  type ProofHasher,
  type TreeHead,
} from '@anchorlog/tlog';
import { agree, createExaminer, type Examined, type Sealed } from './anchor-evidence.ts';
import type { Bundle, BundleAnchor } from './bundle.ts';
import type { PolicyLog, TrustPolicy } from './policy.ts';
import { refusedStep, step } from './report.ts';
import type { StepCode } from './step.ts';
import type { Step, VerdictAnchor } from './verdict.ts';

/** What the anchors of a bundle come to. Times are milliseconds since 1970. spec/verdict §4.5, §5 */
export interface AnchorReport {
  readonly steps: readonly Step[];
  /** Heads that are consistent with the checkpoint. */
  readonly heads: readonly TreeHead[];
  /** Those that count. */
  readonly counted: readonly VerdictAnchor[];
  /** Of the earliest that covers the entry, by a set in office. */
  readonly anchored?: number | undefined;
  /** Of the earliest that covers it, by a retired set: nobody guards its keys any more. */
  readonly former?: number | undefined;
  /** Of the latest that does not cover it, by a set in office. */
  readonly before?: number | undefined;
  /** Kinds of evidence on anchors that cover the entry and could not be judged. */
  readonly open: ReadonlySet<string>;
  /** Whether an anchor that covers the entry came after the log was closed. */
  readonly voided: boolean;
}

/** Check each anchor: consistent with the checkpoint, sealed by pinned validators, in agreement with the others. spec/verdict §4.5 */
export function anchorSteps(
  { anchors, inclusion }: Bundle,
  checkpoint: Checkpoint,
  {
    log,
    policy,
    now,
    hasher,
  }: {
    readonly log: PolicyLog;
    readonly policy: TrustPolicy;
    readonly now: number;
    readonly hasher: ProofHasher;
  },
): AnchorReport {
  const examine = createExaminer({ id: logId(log.origin), log, policy, now });
  const consistencies = anchors.map((anchor, i) =>
    consistencyStep(anchor, i, checkpoint, log, hasher),
  );
  const items = anchors.flatMap(({ head, evidence }, anchor) =>
    evidence.map((item, j) => ({
      ...examine(item, head),
      place: { anchor, evidence: j },
      covers: head.size > inclusion.index,
      consistent: consistencies[anchor]!.result === 'pass',
      size: head.size,
    })),
  );
  const sealed = new Set(items.flatMap((item) => item.sealed ?? []));
  // The largest head that a set in office has sealed: it confirms what retired sets sealed.
  const confirmed = Math.max(
    ...items
      .filter((item) => item.consistent && item.code === 'anchor.sealed' && !item.sealed!.retired)
      .map(({ size }) => size),
  );
  const judged = items.map((item) => {
    const code = finalCode(item, sealed, confirmed);
    return { ...item, final: step(code, { ...item.place, ...item.facts }) };
  });

  const counting = judged.filter(
    ({ consistent, final }) => consistent && final.code === 'anchor.sealed',
  );
  const covering = judged.filter(({ consistent, covers }) => consistent && covers);
  const times = (covers: boolean, retired: boolean): number[] =>
    counting
      .filter((item) => item.covers === covers && item.sealed!.retired === retired)
      .map((item) => item.sealed!.time);
  const anchored = Math.min(...times(true, false));
  // An anchor on a slower chain may come after the one that covers the entry, and then says nothing of its time.
  const before = times(false, false).filter((time) => time <= anchored);
  return {
    steps: [...consistencies, ...judged.map(({ final }) => final)],
    heads: anchors.filter((_, i) => consistencies[i]!.result === 'pass').map(({ head }) => head),
    counted: counting.map((item) => verdictAnchor(item.sealed!, item.covers, log)),
    anchored: some(anchored),
    former: some(Math.min(...times(true, true))),
    before: some(Math.max(...before)),
    open: new Set(
      covering
        .filter(({ final }) => final.result === 'unknown' && final.code !== 'anchor.headVoid')
        .map(({ kind }) => kind),
    ),
    voided: covering.some(({ final }) => final.code === 'anchor.headVoid'),
  };
}

/** The least or greatest of no times is infinite, and none. */
function some(time: number): number | undefined {
  return Number.isFinite(time) ? time : undefined;
}

/** What an item of evidence comes to beside the others. */
function finalCode(
  { code, sealed }: Examined,
  others: ReadonlySet<Sealed>,
  confirmed: number,
): StepCode {
  if (!sealed) return code;
  if ([...others].some((other) => !agree(sealed, other))) return 'anchor.contradiction';
  return code === 'anchor.sealed' && sealed.retired && sealed.head.size > confirmed
    ? 'anchor.validatorsRetired'
    : code;
}

/** The anchored head and the checkpoint are heads of one log. spec/verdict §4.1 */
function consistencyStep(
  { head, consistency }: BundleAnchor,
  anchor: number,
  checkpoint: Checkpoint,
  log: PolicyLog,
  hasher: ProofHasher,
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

function verdictAnchor(
  { chain, contract, head, anchor, time, retired }: Sealed,
  covers: boolean,
  { suite }: PolicyLog,
): VerdictAnchor {
  return {
    chainId: chain.chainId,
    chain: chain.name,
    contract: `0x${formatHex(contract)}`,
    number: anchor.number,
    size: head.size,
    block: {
      number: anchor.blockNumber,
      hash: `0x${formatHex(anchor.blockHash)}`,
      time: formatInstant(time),
    },
    txIndex: anchor.txIndex,
    signers: anchor.signers.length,
    quorum: anchor.quorum,
    validators: anchor.validators,
    covers,
    // The contract hashes with SHA-256 alone: of another tree it has checked nothing, whatever it was registered as.
    checked: anchor.checked && suite === 'sha256',
    retired,
  };
}
