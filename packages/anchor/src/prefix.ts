import { equalBytes, isCodedError, type CodedError } from '@anchorlog/core';
import type { AnchoredHead } from '@anchorlog/evm-proof';
import { verifyConsistency, type TreeHead, type TreeHasher } from '@anchorlog/tlog';
import type { AnchorSource } from './anchor.ts';
import { anchorError } from './error.ts';

/**
 * Prove that a head of the chain is a prefix of the log at `newer`, and give the proof. The log proves it, and the proof is verified: a
 * log that cannot is another log, or an old copy of it. spec/anchor §7.2
 * @throws ANCHOR_CHAIN_AHEAD, ANCHOR_CHAIN_CONFLICT
 */
export async function provePrefix({
  older,
  newer,
  source,
  hasher,
}: {
  readonly older: TreeHead;
  readonly newer: AnchoredHead;
  readonly source: AnchorSource;
  readonly hasher: TreeHasher;
}): Promise<readonly Uint8Array[]> {
  const sizes = { olderSize: older.size, newerSize: newer.size };
  if (older.size > newer.size) {
    throw anchorError(
      'ANCHOR_CHAIN_AHEAD',
      `the chain holds a head of size ${older.size}, the log has ${newer.size} entries`,
      sizes,
    );
  }
  const hashes = older.size === newer.size ? [] : await source.proveConsistency(sizes);
  try {
    verifyConsistency({ older, newer, hashes }, hasher);
  } catch (cause) {
    if (!isCodedError(cause)) throw cause;
    throw anchorError(
      'ANCHOR_CHAIN_CONFLICT',
      `the chain's head of size ${older.size} is not a prefix of the log at size ${newer.size}`,
      sizes,
      { cause },
    );
  }
  return hashes;
}

/** Tell whether log and chain contradict each other, by what a node says. */
export function isContradiction(error: unknown): error is CodedError {
  const codes = ['ANCHOR_CHAIN_AHEAD', 'ANCHOR_CHAIN_CONFLICT'];
  return isCodedError(error) && codes.includes(error.code);
}

/** Make the error for a contradiction that rests on a node's word alone. spec/anchor §7.3 */
export function unproven(contradiction: CodedError, cause: unknown = contradiction): Error {
  return anchorError(
    'ANCHOR_CHAIN_UNPROVEN',
    `the node says, and does not prove, that ${contradiction.message}`,
    { reason: contradiction.code },
    { cause },
  );
}

/** Give what a comparison with a node's bare word gives. @throws ANCHOR_CHAIN_UNPROVEN if log and chain contradict each other by it */
export async function believed<T>(comparison: Promise<T>): Promise<T> {
  try {
    return await comparison;
  } catch (error) {
    throw isContradiction(error) ? unproven(error) : error;
  }
}

/** Tell whether two heads are the same in every part. */
export function equalHeads(a: AnchoredHead, b: AnchoredHead): boolean {
  return (
    a.size === b.size && equalBytes(a.rootHash, b.rootHash) && equalBytes(a.indexRoot, b.indexRoot)
  );
}
