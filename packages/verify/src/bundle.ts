import type { JsonObject } from '@anchorlog/core';
import type { SealedEvidence } from '@anchorlog/evm-proof';

/** The format that this version reads and writes. */
export const BUNDLE_FORMAT = 'anchorlog/bundle/1';

/** One file that verifies offline. spec/bundle §2 */
export interface Bundle {
  /** The entry's exact bytes. */
  readonly entry: Uint8Array;
  /** Disclosures, each as the emitter made it. */
  readonly disclosures: readonly Uint8Array[];
  /** Proof that the entry stands at `index` under the checkpoint. */
  readonly inclusion: { readonly index: number; readonly hashes: readonly Uint8Array[] };
  /** Signed note. */
  readonly checkpoint: string;
  readonly anchors: readonly BundleAnchor[];
  /** The log's receipt: signed note, and inclusion of the entry under its head. */
  readonly receipt?: { readonly note: string; readonly hashes: readonly Uint8Array[] } | undefined;
  /** Kept as it is; this version does not evaluate it. spec/bundle §7 */
  readonly status?: JsonObject | undefined;
}

/** A tree head on a chain, what ties it to the checkpoint, and what proves that it is there. spec/bundle §5 */
export interface BundleAnchor {
  readonly head: {
    readonly size: number;
    /** 32 bytes. */
    readonly rootHash: Uint8Array;
    /** 32 bytes; zero where the log has no index. */
    readonly indexRoot: Uint8Array;
  };
  /** Consistency between the checkpoint and this head, whichever is smaller first; empty if they are the same. */
  readonly consistency: readonly Uint8Array[];
  readonly evidence: readonly Evidence[];
}

export type Evidence = SealedEvidence | OtherEvidence;

/** Evidence of a kind that this version does not know: kept as it is, never counted. */
export interface OtherEvidence {
  readonly kind: 'other';
  readonly json: JsonObject;
}

/** Parse a bundle from its bytes, text or JSON. spec/bundle §2 @throws VERIFY_BUNDLE_MALFORMED, VERIFY_BUNDLE_VERSION */
export function parseBundle(_input: unknown): Bundle {
  throw new Error('being built');
}

/** Format a bundle as the text of a `.anchorlog.json` file. spec/bundle §2 */
export function formatBundle(_bundle: Bundle): string {
  throw new Error('being built');
}
