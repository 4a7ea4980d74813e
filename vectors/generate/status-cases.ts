import { createHash } from 'node:crypto';

// The words in which the cases of status.ts are written. Times without offset are at +08:00.

export const AUTHORITY = '1199999900000006XQ';
export const OTHER_AUTHORITY = '11999999000002065W';
export const STRANGER = '91999999000003017W';
const DAY = 86_400_000;

/** A claim's instant from `2026-04-15` or `2026-04-15T10:00`. */
export const at = (text: string): string =>
  `${text.includes('T') ? text : `${text}T00:00`}:00.000+08:00`;
export const ms = (text: string): number => Date.parse(at(text));
export const leaf = (index: number): string =>
  createHash('sha256').update(`leaf of entry ${index}`).digest('base64');

interface Entry {
  readonly index: number;
  readonly leafHash: string;
  readonly role: string;
  readonly statement: {
    readonly profile: string;
    readonly issuer: { readonly org: string };
    readonly claims: Record<string, unknown>;
    readonly links: readonly { readonly rel: string; readonly leaf: string }[];
  };
}

/** What an entry may say besides its index, state and effective time. */
export interface Saying {
  readonly role?: string;
  readonly org?: string;
  readonly profile?: string;
  readonly from?: string;
  readonly to?: string;
  readonly annuls?: number;
  readonly claims?: Record<string, unknown>;
}

const entryOf =
  (profile: string) =>
  (index: number, state: string, effective: string, saying: Saying = {}): Entry => {
    const { role = 'self', org = AUTHORITY, from, to, annuls, claims } = saying;
    return {
      index,
      leafHash: leaf(index),
      role,
      statement: {
        profile: saying.profile ?? profile,
        issuer: { org },
        claims: claims ?? {
          effectiveTime: at(effective),
          ...(role === 'previous'
            ? { statusTo: 'valid', previousStatusTo: state }
            : { statusTo: state }),
          ...(from !== undefined && { validFrom: from }),
          ...(to !== undefined && { validTo: to }),
        },
        links: annuls === undefined ? [] : [{ rel: 'annuls', leaf: leaf(annuls) }],
      },
    };
  };

/** A lifecycle entry of a license, of a seal. */
export const license: (index: number, state: string, effective: string, saying?: Saying) => Entry =
  entryOf('license.lifecycle/1');
export const seal: (index: number, state: string, effective: string, saying?: Saying) => Entry =
  entryOf('seal.lifecycle/1');

/** The question: by default asked at a head of 1,000 entries, anchored on 1 November 2026 and one hour old. */
export interface Asking {
  readonly kind?: 'license' | 'seal';
  readonly authorities?: 'any' | readonly string[];
  readonly size?: number;
  readonly headTime?: string;
  readonly then?: number;
  readonly now?: string;
  readonly maxStatusAge?: number;
}

/** The answer; what is left out is absent from it, or is the default `covered`, not retroactive, no findings. */
export interface Answer {
  readonly now: string;
  readonly then: string;
  readonly retroactive?: boolean;
  readonly reach?: string;
  readonly by?: number;
  readonly successor?: number;
  readonly findings?: readonly (readonly [index: number, code: string])[];
}

/** Write one case out in full. */
export function statusCase(input: {
  readonly name: string;
  readonly entries: readonly Entry[];
  readonly on: string;
  readonly asking?: Asking;
  readonly answer: Answer;
}): object {
  const { name, entries, on, asking = {}, answer } = input;
  const { kind = 'license', authorities = [AUTHORITY], size = 1000, then } = asking;
  const headTime = ms(asking.headTime ?? '2026-11-01');
  const { retroactive = false, reach = 'covered', by, successor, findings = [] } = answer;
  return {
    name,
    entries,
    question: {
      kind,
      on,
      authorities,
      knownAt: { size, time: headTime },
      ...(then !== undefined && { knownThen: { size: then } }),
      now: asking.now === undefined ? headTime + 3_600_000 : ms(asking.now),
      maxStatusAge: asking.maxStatusAge ?? DAY / 1000,
    },
    answer: {
      asKnownNow: answer.now,
      asKnownThen: answer.then,
      retroactive,
      reach,
      ...(by !== undefined && { decidedBy: by }),
      ...(successor !== undefined && { successor: leaf(successor) }),
      findings: findings.map(([index, code]) => ({ index, code })),
    },
  };
}
