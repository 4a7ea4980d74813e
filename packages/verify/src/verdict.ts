import type { JsonObject, JsonValue, SuiteName } from '@anchorlog/core';
import type { StepCode, StepName, StepResult } from './step.ts';

/** What a bundle comes to under a policy. spec/verdict §2 */
export type Outcome = 'verified' | 'refuted' | 'pending' | 'unknown';

/** A state of a license or seal, or why there is none. spec/verdict §6 */
export type StatusState =
  | 'notAsked'
  | 'notApplicable'
  | 'unknown'
  | 'notYetValid'
  | 'valid'
  | 'suspended'
  | 'transferred'
  | 'withdrawn'
  | 'revoked'
  | 'cancelled'
  | 'superseded'
  | 'expired'
  | 'pendingActivation'
  | 'lost';

/** One check. Its code says which one it is and how it went. spec/verdict §4 */
export interface Step {
  readonly step: StepName;
  readonly code: StepCode;
  readonly result: StepResult;
  /** Whether an `unknown` here makes the outcome unknown; a `fail` always refutes. */
  readonly required: boolean;
  /** What the check saw: numbers, names, hashes in text form, `cause` (the refusing code); never a value that is not disclosed. */
  readonly facts: Readonly<Record<string, JsonValue>>;
}

/** A name in the two languages of this project. */
export interface Names {
  readonly zh: string;
  readonly en: string;
}

/** Times of the statement, each named by who says it. spec/verdict §5 */
export interface VerdictTimes {
  /** When it happened; the issuer says so, as written. */
  readonly eventTime?: string | undefined;
  /** When the issuer made the statement; the issuer says so, as written. */
  readonly recordedTime?: string | undefined;
  /** When the log took it; the log's receipt says so, as written. */
  readonly receivedTime?: string | undefined;
  /** Until when the log promised to have it anchored; the log's receipt says so, as written. */
  readonly anchorBy?: string | undefined;
  /** It existed no later than this; validators in office say so. RFC 3339 in UTC. */
  readonly anchoredTime?: string | undefined;
  /** The same by former validators: proves nothing, since nobody guards their keys any more. RFC 3339 in UTC. */
  readonly formerTime?: string | undefined;
  /** The head that was anchored at this time did not cover it yet; validators in office say so. RFC 3339 in UTC. */
  readonly loggedAfter?: string | undefined;
}

/** An anchor that the policy's validators sealed and that is consistent with the bundle's checkpoint. */
export interface VerdictAnchor {
  readonly chainId: number;
  readonly chain: string;
  /** `0x` and 20 bytes. */
  readonly contract: string;
  /** The anchor's number in its log, from 1. */
  readonly number: number;
  /** Entries under the anchored head. */
  readonly size: number;
  readonly block: { readonly number: number; readonly hash: string; readonly time: string };
  /** Place of the transaction in its block: block number and place name it. */
  readonly txIndex: number;
  readonly signers: number;
  readonly quorum: number;
  readonly validators: number;
  /** Whether the anchored head covers the entry; if not, it only says what was not yet logged. */
  readonly covers: boolean;
  /** Whether the contract itself checked that the log keeps what it had; never of a log of suite `sm3`. */
  readonly checked: boolean;
  /** Whether its validator set has been replaced since: a newer anchor confirms the head, nobody its time. */
  readonly retired: boolean;
}

/** What `verifyBundle` finds. Plain JSON: hashes of the log in base64, EVM values in `0x` hexadecimal. spec/verdict §3 */
export interface Verdict {
  readonly outcome: Outcome;
  /** The step that decided; absent when verified. */
  readonly reason?: StepCode | undefined;
  readonly steps: readonly Step[];
  readonly statement?:
    { readonly id: string; readonly profile: string; readonly event: string } | undefined;
  /** Claims by name. What is withheld is named, never shown. */
  readonly claims: {
    readonly public: JsonObject;
    /** Opened by disclosures; null where the record had none. */
    readonly opened: JsonObject;
    readonly withheld: readonly string[];
  };
  /** Who signed or submitted: organisation and system; the name is the policy's. */
  readonly issuer?:
    | { readonly org: string; readonly system: string; readonly name?: Names | undefined }
    | undefined;
  readonly times: VerdictTimes;
  readonly log?: { readonly origin: string; readonly suite?: SuiteName | undefined } | undefined;
  readonly index?: number | undefined;
  readonly leafHash?: string | undefined;
  /** In the order of the bundle; only those that count. */
  readonly anchors: readonly VerdictAnchor[];
  /** Kinds of evidence that the bundle carries and that hold for the entry. */
  readonly evidenceKinds: readonly string[];
  readonly status: { readonly state: StatusState; readonly on?: string | undefined };
  readonly policy: { readonly name: string; readonly date: string; readonly digest: string };
}

/** Tell whether the answer is yes: verified and, if a date was asked, valid on it. spec/verdict §2.3 */
export function isAccepted({ outcome, status }: Verdict): boolean {
  return outcome === 'verified' && (status.on === undefined || status.state === 'valid');
}
