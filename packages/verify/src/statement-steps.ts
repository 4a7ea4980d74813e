import type { HashSuite, JsonObject, JsonValue } from '@anchorlog/core';
import {
  openDisclosures,
  parseStatement,
  verifyStatementSignature,
  type SignatureVerifiers,
  type Statement,
} from '@anchorlog/statement';
import type { GivenFile } from './options.ts';
import type { PolicyLog, TrustPolicy } from './policy.ts';
import { judgeKey, type Existence, type KeyWorth } from './policy-issuer.ts';
import { refusedStep, step } from './report.ts';
import type { Step } from './verdict.ts';

/** A step, and what later steps may use if it passed. */
export interface Checked<T> {
  readonly step: Step;
  readonly value?: T | undefined;
}

/** The entry is a statement in canonical form. spec/verdict §4.1 */
export function entryStep(entry: Uint8Array): Checked<Statement> {
  try {
    const value = parseStatement(entry);
    return { step: step('entry.canonical', { bytes: entry.length, id: value.id }), value };
  } catch (error) {
    const codes = { STATEMENT_SIGNATURE_ALGORITHM: 'entry.unsupported' } as const;
    return { step: refusedStep(error, codes, 'entry.malformed') };
  }
}

/** The policy lets the organisation speak in this log. spec/policy §3 */
export function issuerStep({ issuer }: Statement, log: PolicyLog): Step {
  const accepted = log.issuers === 'any' || log.issuers.includes(issuer.org);
  return step(accepted ? 'issuer.accepted' : 'issuer.unknown', { org: issuer.org });
}

/** The policy lets the profile, with its version, count in this log. spec/policy §3 */
export function profileStep({ profile }: Statement, log: PolicyLog): Step {
  const accepted = log.profiles === 'any' || log.profiles.includes(profile);
  return step(accepted ? 'profile.accepted' : 'profile.unknown', { profile });
}

/** The issuer's signature, by a key that the policy lets count at that time. spec/verdict §4.4 */
export function signatureStep(
  statement: Statement,
  policy: TrustPolicy,
  existence: Existence,
  verifiers: SignatureVerifiers,
): Step {
  const { org } = statement.issuer;
  const keys = policy.issuers.get(org)?.keys ?? [];
  const { signature } = statement;
  if (keys.length === 0) return step('signature.notAsked', { signed: signature !== undefined });
  if (!signature) return step('signature.absent');
  const facts = { keyId: signature.keyId };
  const key = keys.find((each) => each.keyId === signature.keyId);
  if (!key) {
    const foreign = [...policy.issuers.values()].some((issuer) =>
      issuer.keys.some((each) => each.keyId === signature.keyId),
    );
    return step(foreign ? 'signature.keyForeign' : 'signature.keyUnknown', facts);
  }
  try {
    verifyStatementSignature(statement, key, verifiers);
  } catch (error) {
    const codes = { STATEMENT_SIGNATURE_UNSUPPORTED: 'signature.unsupported' } as const;
    return refusedStep(error, codes, 'signature.invalid', facts);
  }
  return step(KEY_CODES[judgeKey(key, statement.log, existence)], facts);
}

const KEY_CODES = {
  counts: 'signature.valid',
  early: 'signature.keyEarly',
  retired: 'signature.keyRetired',
  compromised: 'signature.keyCompromised',
  unknown: 'signature.timeUnknown',
} as const satisfies Record<KeyWorth, Step['code']>;

/** What disclosures open, by name. */
export type OpenedNames = JsonObject;

/** Each disclosure opens exactly one commitment of the statement. spec/verdict §4.1 */
export function disclosuresStep(
  statement: Statement,
  disclosures: readonly Uint8Array[],
  suite: HashSuite,
): Checked<OpenedNames> {
  if (disclosures.length === 0) return { step: step('disclosures.none'), value: {} };
  try {
    const { claims, keys } = openDisclosures(statement, disclosures, suite);
    const value = Object.fromEntries([...claims].map(([path, claim]) => [path.slice(1), claim]));
    return { step: step('disclosures.opened', { claims: claims.size, keys: keys.size }), value };
  } catch (error) {
    const codes = {
      STATEMENT_DISCLOSURE_MISMATCH: 'disclosures.mismatch',
      STATEMENT_DISCLOSURE_REPEATED: 'disclosures.repeated',
      STATEMENT_DISCLOSURE_ID: 'disclosures.foreign',
      STATEMENT_DISCLOSURE_UNREFERENCED: 'disclosures.foreign',
    } as const;
    return { step: refusedStep(error, codes, 'disclosures.malformed') };
  }
}

/** Each file that was given is one that the record names by its digest. spec/verdict §4.7 */
export function filesStep(
  { claims, commitments }: Statement,
  opened: OpenedNames,
  given: readonly GivenFile[],
): Step {
  const recorded = recordedFiles({ ...claims, ...opened });
  if (given.length === 0) return step('files.notGiven', { recorded: recorded.size });
  const digests = given.map(({ sha256, sm3 }) => {
    const known = [`SHA-256 ${sha256.toLowerCase()}`];
    return sm3 === undefined ? known : [...known, `SM3 ${sm3.toLowerCase()}`];
  });
  const unreadable = digests.findIndex((each) =>
    each.some((digest) => !/ [0-9a-f]{64}$/.test(digest)),
  );
  if (unreadable >= 0) return step('files.unreadable', { file: unreadable });
  const found = digests.map((each) => each.map((digest) => recorded.get(digest)).find(isText));
  const strange = found.indexOf(undefined);
  if (strange < 0) {
    // As the record calls each, and as who handed it in does.
    const names = given.map(({ name = '' }, file) => name || found[file]!);
    return step('files.match', { files: found.map((name) => name!), given: names });
  }
  const facts = { file: strange, recorded: recorded.size };
  // What is not shown may name it.
  if (!Object.hasOwn(opened, 'files') && Object.hasOwn(commitments, '/files')) {
    return step('files.withheld', facts);
  }
  if (recorded.size === 0) return step('files.unnamed', facts);
  const known = digests[strange]!.map((digest) => digest.split(' ')[0]);
  const others = [...recorded.keys()].some((digest) => !known.includes(digest.split(' ')[0]));
  return step(others ? 'files.unsupported' : 'files.mismatch', facts);
}

/**
 * What a record names, by `<algorithm> <hexadecimal>`: the disclosed `files` by their names, and what claims hold as a digest without salt,
 * alone or in a list, by the claim.
 */
function recordedFiles(claims: OpenedNames): ReadonlyMap<string, string> {
  const recorded = new Map<string, string>();
  for (const [claim, value] of Object.entries(claims)) {
    for (const item of listOf(value)) {
      const { name, sha256, sm3, alg, salted, value: hex } = membersOf(item);
      if (claim !== 'files') {
        if (salted === false && isText(alg) && isText(hex)) recorded.set(`${alg} ${hex}`, claim);
      } else {
        const title = isText(name) ? name : '';
        if (isText(sha256)) recorded.set(`SHA-256 ${sha256}`, title);
        if (isText(sm3)) recorded.set(`SM3 ${sm3}`, title);
      }
    }
  }
  return recorded;
}

function listOf(value: JsonValue): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [value]; // narrowed by Array.isArray, which loses the element type
}

function membersOf(value: JsonValue): { readonly [member: string]: JsonValue | undefined } {
  return (value ?? {}) as { readonly [member: string]: JsonValue }; // any JSON has members to ask for
}

function isText(value: JsonValue | undefined): value is string {
  return typeof value === 'string';
}
