import type { Ed25519, HashSuite, JsonObject, JsonValue } from '@anchorlog/core';
import {
  openDisclosures,
  parseStatement,
  verifyStatementSignature,
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
  ed25519: Ed25519 | undefined,
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
    verifyStatementSignature(statement, key.publicKey, ed25519);
  } catch (error) {
    return refusedStep(error, {}, 'signature.invalid', facts);
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

/** Each digest that was given is one of the files that the statement commits to. spec/verdict §4.1 */
export function filesStep(
  statement: Statement,
  opened: OpenedNames,
  given: readonly GivenFile[],
): Step {
  if (given.length === 0) return step('files.notGiven');
  const digests = given.map(({ sha256 }) => sha256.toLowerCase());
  const unreadable = digests.findIndex((digest) => !/^[0-9a-f]{64}$/.test(digest));
  if (unreadable >= 0) return step('files.unreadable', { file: unreadable });
  if (!Object.hasOwn(opened, 'files')) {
    const committed = Object.hasOwn(statement.commitments, '/files');
    return step('files.withheld', { committed });
  }
  const recorded = recordedFiles(opened['files']!);
  const strange = digests.findIndex((digest) => !recorded.has(digest));
  if (strange >= 0) return step('files.mismatch', { file: strange, recorded: recorded.size });
  return step('files.match', { files: digests.map((digest) => recorded.get(digest)!) });
}

/** The names of the disclosed files by digest; none where the record had no files. */
function recordedFiles(files: JsonValue): ReadonlyMap<string, string> {
  const recorded = new Map<string, string>();
  for (const file of Array.isArray(files) ? (files as readonly JsonValue[]) : []) {
    const { name, sha256 } = (file ?? {}) as { readonly [member: string]: JsonValue }; // any JSON has members to ask for
    if (typeof sha256 === 'string') recorded.set(sha256, typeof name === 'string' ? name : '');
  }
  return recorded;
}
