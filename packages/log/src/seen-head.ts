import { equalBytes } from '@anchorlog/core';
import type { TreeHead } from '@anchorlog/tlog';
import type { TreeEdge } from './edge.ts';
import { logError } from './error.ts';
import type { TreeReader } from './tree-reader.ts';

/** Who knows a head that the store must contain, and what to do when it does not. */
export const WITNESSES = {
  LOG_BEHIND_GUARD: 'the guard',
  LOG_BEHIND_CHECKPOINT: 'the published checkpoint',
  LOG_BEHIND_CHAIN: 'the chain',
} as const;

/** Check that a tree contains a head that somebody has seen. @throws the code given when it is smaller, LOG_INCONSISTENT when it differs */
export async function compareHead(
  seen: TreeHead,
  by: {
    readonly code: keyof typeof WITNESSES;
    readonly edge: TreeEdge;
    readonly reader: TreeReader;
  },
): Promise<void> {
  const { code, edge, reader } = by;
  const context = { size: edge.size, seen: seen.size };
  if (seen.size > edge.size) {
    throw logError(
      code,
      `the store has ${edge.size} entries, ${WITNESSES[code]} has seen ${seen.size}: an older copy was restored. ` +
        'Put the newest copy back, or fill the store up with `refillLog` from published bundles, mirrors and submitters',
      context,
    );
  }
  const { rootHash } = await reader.head(seen.size, edge);
  if (!equalBytes(rootHash, seen.rootHash)) {
    throw logError(
      'LOG_INCONSISTENT',
      `the store has another tree of size ${seen.size} than ${WITNESSES[code]} has seen: it is not the store of this log, or was changed. ` +
        'Put a sound copy back; if there is none, this log has ended',
      { ...context, witness: code },
    );
  }
}
