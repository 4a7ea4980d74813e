import { equalBytes, type Ed25519 } from '@anchorlog/core';
import {
  hashesBefore,
  openCheckpoint,
  openReceipt,
  parseCheckpoint,
  parseNote,
  verifyInclusion,
  type Checkpoint,
  type ProofHasher,
  type ReceiptHead,
  type TreeHead,
} from '@anchorlog/tlog';
import type { Bundle } from './bundle.ts';
import type { PolicyLog } from './policy.ts';
import { refusedStep, step } from './report.ts';
import type { Checked } from './statement-steps.ts';
import type { Step } from './verdict.ts';

/** Read the checkpoint before any key is known: is it one at all, and of which log? */
export function readCheckpoint(note: string): Checked<Checkpoint> {
  try {
    const value = parseCheckpoint(parseNote(note).text);
    return { step: step('checkpoint.skipped'), value };
  } catch (error) {
    return { step: refusedStep(error, {}, 'checkpoint.malformed') };
  }
}

/** The log has signed the checkpoint. spec/verdict §4.1 */
export function checkpointStep(
  note: string,
  log: PolicyLog,
  ed25519: Ed25519 | undefined,
): Checked<Checkpoint> {
  const by = { origin: log.origin, key: log.key };
  try {
    const value = openCheckpoint(note, by, ed25519);
    const facts = { size: value.size };
    if ((value.indexRoot !== undefined) !== (log.index !== 'none')) {
      return { step: step('checkpoint.indexLine', facts) };
    }
    return { step: step('checkpoint.signed', facts), value };
  } catch (error) {
    const codes = {
      TLOG_SIGNATURE_INVALID: 'checkpoint.signatureInvalid',
      TLOG_NOTE_UNSIGNED: 'checkpoint.keyUnknown',
    } as const;
    return { step: refusedStep(error, codes, 'checkpoint.malformed') };
  }
}

/** The entry stands at its index under the checkpoint. spec/verdict §4.1 */
export function inclusionStep(
  { inclusion }: Bundle,
  leafHash: Uint8Array,
  treeHead: TreeHead,
  hasher: ProofHasher,
): Step {
  const { index, hashes } = inclusion;
  const facts = { index, size: treeHead.size };
  try {
    verifyInclusion({ index, leafHash, treeHead, hashes }, hasher);
    return step('inclusion.proven', facts);
  } catch (error) {
    const codes = { TLOG_ROOT_MISMATCH: 'inclusion.mismatch' } as const;
    return refusedStep(error, codes, 'inclusion.malformed', facts);
  }
}

/** What is known of the log when its receipt is looked at. */
export interface KnownHeads {
  /** The checkpoint and the anchored heads that are consistent with it. */
  readonly heads: readonly TreeHead[];
  /** The checkpoint, if the entry is proven to stand under it. */
  readonly proven?: TreeHead | undefined;
}

/** The log's receipt holds, and agrees with the heads that are known. spec/verdict §4.1 */
export function receiptStep(
  { receipt, inclusion }: Bundle,
  leafHash: Uint8Array,
  log: PolicyLog,
  { heads, proven }: KnownHeads,
  hasher: ProofHasher,
  ed25519: Ed25519 | undefined,
): Checked<ReceiptHead> {
  if (!receipt) return { step: step('receipt.absent') };
  if (!log.receiptKey) return { step: step('receipt.keyUnknown') };
  let head: ReceiptHead;
  try {
    head = openReceipt(receipt.note, { origin: log.origin, key: log.receiptKey }, ed25519);
  } catch (error) {
    const codes = {
      TLOG_SIGNATURE_INVALID: 'receipt.signatureInvalid',
      TLOG_NOTE_UNSIGNED: 'receipt.keyUnknown',
      TLOG_ORIGIN_MISMATCH: 'receipt.mismatch',
    } as const;
    return { step: refusedStep(error, codes, 'receipt.malformed') };
  }
  const { index } = inclusion;
  const { hashes } = receipt;
  const facts = { size: head.size, time: head.time, anchorBy: head.anchorBy };
  try {
    verifyInclusion({ index, leafHash, treeHead: head, hashes }, hasher);
  } catch (error) {
    return { step: refusedStep(error, {}, 'receipt.mismatch', facts) };
  }
  const fork = heads.some(
    ({ size, rootHash }) => size === head.size && !equalBytes(rootHash, head.rootHash),
  );
  // Both proofs hold, so that their lengths fit and the comparison is of like with like.
  const otherPast =
    proven !== undefined &&
    !sameHashes(
      hashesBefore({ index, size: head.size, hashes }),
      hashesBefore({ ...inclusion, size: proven.size }),
    );
  if (fork || otherPast) return { step: step('receipt.contradiction', facts) };
  return { step: step('receipt.valid', facts), value: head };
}

function sameHashes(a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  return a.length === b.length && a.every((hash, i) => equalBytes(hash, b[i]!));
}
