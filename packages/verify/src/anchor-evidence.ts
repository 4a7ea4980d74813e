import {
  equalBytes,
  formatHex,
  formatInstant,
  parseInstant,
  type JsonValue,
} from '@anchorlog/core';
import {
  formatSealedEvidence,
  parseHeader,
  parseQbftExtra,
  verifyAnchorEvidence,
  type SealedEvidence,
  type VerifiedAnchor,
} from '@anchorlog/evm-proof';
import type { BundleAnchor, Evidence } from './bundle.ts';
import type { PolicyLog, TrustPolicy } from './policy.ts';
import { hasContract, type PolicyChain } from './policy-chain.ts';
import { AHEAD_MS, causeOf } from './report.ts';
import type { StepCode } from './step.ts';

/** What one item of evidence comes to, before the others are looked at. */
export interface Examined {
  readonly kind: string;
  readonly code: StepCode;
  readonly facts: Readonly<Record<string, JsonValue>>;
  /** Where enough validators have sealed it. */
  readonly sealed?: Sealed | undefined;
}

/** An anchor that validators of the policy have sealed. */
export interface Sealed {
  readonly chain: PolicyChain;
  /** 20 bytes. */
  readonly contract: Uint8Array;
  readonly head: BundleAnchor['head'];
  readonly anchor: VerifiedAnchor;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly retired: boolean;
}

/** Against what evidence is held. */
export interface Measure {
  /** The log's id in the registry, 32 bytes. */
  readonly id: Uint8Array;
  readonly log: PolicyLog;
  readonly policy: TrustPolicy;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Make the examiner of a bundle's evidence: what comes twice is examined once. spec/verdict §4.5 */
export function createExaminer(
  measure: Measure,
): (evidence: Evidence, head: BundleAnchor['head']) => Examined {
  const known = new Map<string, Examined>();
  return (evidence, head) => {
    if (evidence.kind === 'other') {
      const kind = evidence.json['kind'] as string; // its reader checked it
      return { kind, code: 'anchor.kindUnsupported', facts: { kind } };
    }
    // Bytes as hexadecimal: by their places, some megabytes of them would become ten times as many, and take seconds.
    const { size, rootHash, indexRoot } = head;
    const hashes = [rootHash, indexRoot].map(formatHex);
    const key = JSON.stringify([formatSealedEvidence(evidence), size, hashes]);
    const found = known.get(key) ?? examine(evidence, head, measure);
    known.set(key, found);
    return found;
  };
}

function examine(
  evidence: SealedEvidence,
  head: BundleAnchor['head'],
  { id, log, policy, now }: Measure,
): Examined {
  const { kind, chainId, contract } = evidence;
  const seen = { chainId };
  const chain = policy.chains.get(chainId);
  if (!chain) return { kind, code: 'anchor.chainUnknown', facts: seen };
  if (!hasContract(chain, contract)) return { kind, code: 'anchor.contractForeign', facts: seen };
  let namesNobody = false;
  try {
    const header = parseHeader(evidence.header);
    const { number: block } = header;
    const set = chain.validatorSets.find(
      ({ fromBlock, untilBlock = Infinity }) => fromBlock <= block && block <= untilBlock,
    );
    if (!set) return { kind, code: 'anchor.validatorsUnknown', facts: { ...seen, block } };
    namesNobody = parseQbftExtra(header.extraData).validators.length === 0;
    const { validators } = set;
    const anchor = verifyAnchorEvidence({
      evidence,
      validators,
      chainId,
      contract,
      logId: id,
      head,
    });
    const time = anchor.blockTime * 1000;
    parseInstant(formatInstant(time)); // refuses years that RFC 3339 cannot write
    const retired = set.untilBlock !== undefined;
    const closed = log.closedAt.some(
      (each) =>
        each.chainId === chainId &&
        equalBytes(each.contract, contract) &&
        each.number < anchor.number,
    );
    const inTime = time <= now + AHEAD_MS;
    const code = closed ? 'anchor.headVoid' : inTime ? 'anchor.sealed' : 'anchor.timeAhead';
    const facts = {
      ...seen,
      block,
      signers: anchor.signers.length,
      quorum: anchor.quorum,
      validators: anchor.validators,
      retired,
    };
    return { kind, code, facts, sealed: { chain, contract, head, anchor, time, retired } };
  } catch (error) {
    const cause = causeOf(error);
    return { kind, code: refusalOf(cause, namesNobody), facts: { ...seen, cause } };
  }
}

function refusalOf(cause: string, namesNobody: boolean): StepCode {
  // Where the header does not say who the validators are, a stranger's seal shows only that the policy has others.
  if (cause === 'EVM_SEAL_FOREIGN' && namesNobody) return 'anchor.validatorsDiffer';
  if (Object.hasOwn(REFUSALS, cause)) return REFUSALS[cause]!;
  if (cause.startsWith('EVM_EVENT_')) return 'anchor.eventForeign';
  return /^EVM_(TRIE|TXRECEIPT)_/.test(cause)
    ? 'anchor.txReceiptMismatch'
    : 'anchor.headerMalformed';
}

/** Those that are more than their family. */
const REFUSALS: Readonly<Record<string, StepCode>> = {
  EVM_VALIDATORS_DIFFER: 'anchor.validatorsDiffer',
  EVM_SEAL_SHAPE: 'anchor.sealMalformed',
  EVM_SEAL_MALLEATED: 'anchor.sealMalleated',
  EVM_SEAL_FOREIGN: 'anchor.sealForeign',
  EVM_SEAL_REPEATED: 'anchor.sealRepeated',
  EVM_SEALS_TOO_FEW: 'anchor.sealsTooFew',
  EVM_TXRECEIPT_TYPE: 'anchor.txReceiptUnsupported',
  EVM_TXRECEIPT_FAILED: 'anchor.txFailed',
  EVM_EVENT_CHAIN: 'anchor.eventChain',
  EVM_EVENT_LOG: 'anchor.eventLog',
  EVM_EVENT_HEAD: 'anchor.eventHead',
};

/**
 * Tell whether two anchors of one log can both be true: on a chain, one block has one height, and time does not go back; in a registry,
 * number, size and block grow together, and one number or size is one head. spec/verdict §4.5
 */
export function agree(a: Sealed, b: Sealed): boolean {
  if (a.chain !== b.chain) return true;
  const [x, y] = [a.anchor, b.anchor];
  const blocks = Math.sign(x.blockNumber - y.blockNumber);
  if (blocks === 0 ? !equalBytes(x.blockHash, y.blockHash) : blocks * (a.time - b.time) < 0) {
    return false;
  }
  if (!equalBytes(a.contract, b.contract)) return true;
  const numbers = Math.sign(x.number - y.number);
  const place = blocks === 0 ? Math.sign(x.txIndex - y.txIndex) : blocks;
  if (numbers !== Math.sign(a.head.size - b.head.size)) return false;
  if (numbers !== 0) return numbers * place >= 0;
  return (
    place === 0 &&
    equalBytes(a.head.rootHash, b.head.rootHash) &&
    equalBytes(a.head.indexRoot, b.head.indexRoot)
  );
}
