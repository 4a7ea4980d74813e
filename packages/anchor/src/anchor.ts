import type { AnchoredHead, SealedEvidence } from '@anchorlog/evm-proof';

/** Where the anchorer takes heads and proofs from: the log. */
export interface AnchorSource {
  /** Give the newest published head, or undefined while there is none. It never shrinks. */
  head(): Promise<AnchoredHead | undefined> | AnchoredHead | undefined;
  /** Prove that the tree at `olderSize` is a prefix of that at `newerSize`; both are at most the size of the newest head. */
  proveConsistency(sizes: {
    readonly olderSize: number;
    readonly newerSize: number;
  }): Promise<readonly Uint8Array[]> | readonly Uint8Array[];
}

/** A head that the chain holds, as its event tells. */
export interface ChainHead extends AnchoredHead {
  /** From 1. */
  readonly number: number;
  readonly checked: boolean;
  /** `0x` hash of the transaction. */
  readonly txHash: string;
  readonly blockNumber: number;
  /** `0x` hash. */
  readonly blockHash: string;
}

/** A final anchor, kept for ever. */
export interface Anchor {
  readonly chainId: number;
  /** `0x` address of the registry. */
  readonly contract: string;
  /** The head's number in its log on this chain, from 1. */
  readonly number: number;
  readonly head: AnchoredHead;
  /** `0x` hash. */
  readonly txHash: string;
  readonly blockNumber: number;
  /** `0x` hash. */
  readonly blockHash: string;
  /** Seconds since 1970, as the validators say. */
  readonly blockTime: number;
  /** Absent on chains whose blocks carry no seals. */
  readonly evidence: SealedEvidence | undefined;
}

/** How far an entry, or a head, has come on the chain. */
export type AnchorStage = 'none' | 'sent' | 'mined' | 'final';

/** What the anchorer is doing: spec/anchor §5.3. */
export interface AnchorerStatus {
  /**
   * `idle`: every published head is final. `working`: a head is on its way. `retrying`: something is wrong outside, and it keeps
   * trying. `stopped`: log and chain contradict each other; only a person can say which is right.
   */
  readonly state: 'idle' | 'working' | 'retrying' | 'stopped';
  /** What is wrong, if retrying or stopped. */
  readonly problem?: AnchorProblem | undefined;
  /** The head on its way, if any. */
  readonly inFlight?:
    | {
        readonly size: number;
        readonly state: 'prepared' | 'sent';
        readonly nonce: number | undefined;
        /** `0x` hash of the newest transaction. */
        readonly txHash: string | undefined;
        /** Transactions made for it and kept: more than one if the chain refused one, or another sender took its nonce. */
        readonly attempts: number;
      }
    | undefined;
  /** Mined heads whose evidence is not complete yet. */
  readonly awaitingFinality: number;
  /** The newest final anchor. */
  readonly latest?:
    { readonly number: number; readonly size: number; readonly blockNumber: number } | undefined;
}

/** Something that keeps the anchorer from going on. */
export interface AnchorProblem {
  /** A code of this or another package, or the name of the error. */
  readonly code: string;
  readonly message: string;
  /** Milliseconds since 1970: when it began. */
  readonly since: number;
  /** How often it was met in a row. */
  readonly times: number;
}
