import {
  canonicalBytes,
  checkSize,
  concatBytes,
  formatBase64,
  formatUtf8,
  STATEMENT_LIMITS,
  type HashSuite,
  type JsonObject,
  type JsonValue,
  type SignatureAlgorithm,
} from '@anchorlog/core';
import { makeCommitments, SALT_BYTES } from './commitment.ts';
import { statementError } from './error.ts';
import {
  ALGORITHM,
  BASE64URL_32,
  checkId,
  checkTime,
  ENTRY_BYTES,
  formatAddress,
  LOG,
  ORG,
  SIGNING_TAG,
  SYSTEM,
} from './form.ts';
import { indexKey, keyIdentifier, recordId } from './key.ts';
import { FILES_FIELD, profilePlan, type ProfilePlan } from './plan.ts';
import type { Profile } from './profile.ts';
import type { FileDigest, LogRecord } from './record.ts';
import { checkSource, type Statement, type StatementIssuer } from './statement.ts';
import type { StatementLink, StatementSequence } from './statement.ts';

/** Bytes that `signature.value` adds to an entry: `,"value":"…"` with 88 characters of base64. */
const SIGNATURE_VALUE_BYTES = 99;

/** All that issuing needs of the world. */
export interface IssueContext {
  /** Origin of the log. */
  readonly log: string;
  /** The profile that the record names. */
  readonly profile: Profile;
  /** The log's own. */
  readonly suite: HashSuite;
  readonly issuer: StatementIssuer;
  /** At least 32 bytes, kept for ever: from it come the ids of records that give a `key`. */
  readonly idSecret: Uint8Array;
  /** The keyspace to file a key of this kind in, and its secret of at least 32 bytes. */
  readonly keyspaces: (kind: string) => { readonly keyspace: string; readonly secret: Uint8Array };
  /** RFC 3339, now. */
  readonly recordedTime: string;
  /** Fresh random bytes. Called once, for all salts: first of commitments, then of keys, in the profile's order. */
  readonly random: (bytes: number) => Uint8Array;
  /** Digests of the record's files, in order; may be left out when the record itself gives them. */
  readonly files?: readonly FileDigest[] | undefined;
  /** The record's links, in order, each resolved to a leaf hash of 32 bytes. */
  readonly links?: readonly ResolvedLink[] | undefined;
  readonly sequence?: StatementSequence | undefined;
  /** The key that will sign, see `signStatement`. */
  readonly signer?: { readonly alg: SignatureAlgorithm; readonly keyId: string } | undefined;
}

export interface ResolvedLink {
  readonly rel: string;
  readonly leaf: Uint8Array;
  /** Origin of the other log, if the entry stands in another one. */
  readonly log?: string | undefined;
}

/** A statement just made, and what opens it. */
export interface Issued {
  readonly id: string;
  readonly statement: Statement;
  /** The bytes to append; for a statement that is still to be signed, not an entry yet. */
  readonly entry: Uint8Array;
  /** Path → disclosure for every commitment, keys (`/keys/0`) included. These are secrets: whoever holds one can read its value. */
  readonly disclosures: ReadonlyMap<string, Uint8Array>;
  /** The disclosures of the keys alone, one for each in order: they go to the log beside the entry. */
  readonly openings: readonly Uint8Array[];
  /** Present iff a signer was named: what it has to sign. */
  readonly signingInput?: Uint8Array | undefined;
}

/**
 * Make the statement of a record: public claims in clear, a salted commitment for every committed field of the profile and for every index
 * key, whether the record has a value or not, so that presence leaks nothing. `record` is as `parseRecord` gives it; whether its values are
 * as the profile says is for the profile's own check. Salts and values stand only in the disclosures: destroying these is erasure.
 * @throws STATEMENT_PROFILE_MISMATCH, STATEMENT_EVENT_UNKNOWN, STATEMENT_CLAIM_UNKNOWN, STATEMENT_ISSUER_MISMATCH, STATEMENT_FILE_UNRESOLVED,
 * STATEMENT_LINK_UNRESOLVED, STATEMENT_KEY_VALUE, STATEMENT_KEY_NAME, STATEMENT_SEQUENCE_SOURCE, STATEMENT_ENTRY_LENGTH, STATEMENT_ENTRY_LIMIT,
 * STATEMENT_DISCLOSURE_LENGTH, STATEMENT_TIME_FORM, STATEMENT_ID_FORM; RangeError for a context out of range
 */
export function issue(record: LogRecord, context: IssueContext): Issued {
  const plan = profilePlan(context.profile);
  checkRecord(record, context, plan);
  const { suite, issuer, sequence, signer } = context;
  const { org, system } = issuer;
  const id =
    record.id === undefined
      ? recordId({ suite, secret: context.idSecret, org, system, key: record.key ?? '' })
      : checkId(record.id, '/id');

  const claims = publicClaims(record, plan);
  const files = fileClaim(record, context, plan);
  const valueOf = (name: string): JsonValue => {
    if (name === FILES_FIELD) return files;
    return Object.hasOwn(record.claims, name) ? record.claims[name]! : null;
  };
  const values = [
    ...plan.committed.map(({ name, path }) => ({ path, value: valueOf(name) })),
    ...plan.keyed.map(({ name, path, kind }) => ({
      path,
      value: openedKey(kind, keyIdentifier(valueOf(name), `/${name}`), context),
    })),
  ];
  const salts = drawSalts(values.length, context);
  const made = makeCommitments({
    address: formatAddress({ org, system, id }),
    suite,
    salts,
    values,
  });
  const ofKeys = made.slice(plan.committed.length);
  const commitments: Record<string, string> = {};
  for (const [i, { path }] of plan.committed.entries()) commitments[path] = made[i]!.commitment;

  const statement: Statement = {
    log: context.log,
    profile: record.profile,
    id,
    event: record.event,
    eventTime: record.eventTime,
    recordedTime: context.recordedTime,
    issuer: { org, system },
    ...(sequence && { sequence: { source: sequence.source, number: sequence.number } }),
    claims,
    commitments,
    keys: plan.keyed.map(({ kind, role }, i) => ({
      kind,
      role,
      commitment: ofKeys[i]!.commitment,
    })),
    links: resolveLinks(record, context),
    ...(signer && { signature: { alg: signer.alg, keyId: signer.keyId } }),
  };
  const entry = canonicalBytes(statement as unknown as JsonObject); // all its members are JSON
  checkEntryLength(entry.length + (signer ? SIGNATURE_VALUE_BYTES : 0));
  return {
    id,
    statement,
    entry,
    disclosures: new Map(values.map(({ path }, i) => [path, made[i]!.disclosure])),
    openings: ofKeys.map(({ disclosure }) => disclosure),
    ...(signer && { signingInput: concatBytes(formatUtf8(SIGNING_TAG), entry) }),
  };
}

function drawSalts(count: number, { random }: IssueContext): Uint8Array {
  const bytes = count * SALT_BYTES;
  const salts = count === 0 ? new Uint8Array() : random(bytes);
  if (salts.length !== bytes) throw new RangeError(`random: expected ${bytes} bytes`);
  return salts;
}

function checkRecord(record: LogRecord, context: IssueContext, plan: ProfilePlan): void {
  const { issuer, log, recordedTime, sequence, signer } = context;
  if (record.profile !== plan.name) {
    throw statementError('STATEMENT_PROFILE_MISMATCH', `record is not of profile ${plan.name}`);
  }
  if (!plan.events.has(record.event)) {
    throw statementError('STATEMENT_EVENT_UNKNOWN', `${plan.name} has no event ${record.event}`);
  }
  const named = record.issuer;
  if (named && (named.org !== issuer.org || named.system !== issuer.system)) {
    throw statementError(
      'STATEMENT_ISSUER_MISMATCH',
      'record is of another organisation or system',
    );
  }
  checkTime(record.eventTime, '/eventTime');
  checkTime(recordedTime, '/recordedTime');
  if (!LOG.test(log)) throw new RangeError('log: expected an origin');
  if (!ORG.test(issuer.org) || !SYSTEM.test(issuer.system)) {
    throw new RangeError('issuer: expected an organisation and a system');
  }
  if (signer && (!ALGORITHM.test(signer.alg) || !BASE64URL_32.test(signer.keyId))) {
    throw new RangeError('signer: expected an algorithm and a key id');
  }
  if (sequence) {
    checkSize(sequence.number, 'sequence number');
    checkSource(sequence.source, `${issuer.org}/${issuer.system}/`);
  }
}

/** The value of the field `files`: the digests of the record's files, or null when it has none. */
function fileClaim(record: LogRecord, context: IssueContext, plan: ProfilePlan): JsonValue {
  const files = resolveFiles(record, context);
  if (files.length === 0) return null;
  if (!plan.fields.has(FILES_FIELD)) {
    throw statementError('STATEMENT_CLAIM_UNKNOWN', `${plan.name} has no field for files`);
  }
  return files.map(({ name, size, sha256, sm3 }) => ({
    name,
    size,
    sha256,
    ...(sm3 !== undefined && { sm3 }),
  }));
}

function resolveFiles({ files = [] }: LogRecord, context: IssueContext): readonly FileDigest[] {
  const digests = context.files ?? files.filter((file): file is FileDigest => 'sha256' in file);
  const agree =
    digests.length === files.length &&
    files.every((file, i) => {
      const digest = digests[i]!;
      return (
        file.name === digest.name &&
        (!('sha256' in file) ||
          (file.sha256 === digest.sha256 && file.size === digest.size && file.sm3 === digest.sm3))
      );
    });
  if (!agree) {
    throw statementError(
      'STATEMENT_FILE_UNRESOLVED',
      'files: expected the digest of each, in order',
    );
  }
  return digests;
}

function resolveLinks({ links = [] }: LogRecord, context: IssueContext): StatementLink[] {
  const resolved = context.links ?? [];
  if (links.length !== resolved.length || links.some(({ rel }, i) => rel !== resolved[i]!.rel)) {
    throw statementError('STATEMENT_LINK_UNRESOLVED', 'links: expected the leaf of each, in order');
  }
  return resolved.map(({ rel, leaf, log }) => {
    if (leaf.length !== 32) throw new RangeError('link: expected a leaf hash of 32 bytes');
    if (log !== undefined && !LOG.test(log)) throw new RangeError('link: expected an origin');
    return { rel, leaf: formatBase64(leaf), ...(log === undefined ? {} : { log }) };
  });
}

/** What a key commitment commits to: keyspace and key, or null where there is no identifier. */
function openedKey(kind: string, identifier: string | null, context: IssueContext): JsonValue {
  if (identifier === null) return null;
  const { keyspace, secret } = context.keyspaces(kind);
  const key = indexKey({ suite: context.suite, secret, keyspace, kind, identifier });
  return { keyspace, key: formatBase64(key) };
}

function publicClaims(record: LogRecord, plan: ProfilePlan): JsonObject {
  const claims: Record<string, JsonValue> = {};
  const count = { items: 0 };
  for (const name of Object.keys(record.claims)) {
    const field = plan.fields.get(name);
    if (!field || name === FILES_FIELD) {
      throw statementError('STATEMENT_CLAIM_UNKNOWN', `${plan.name} has no claim ${name}`, {
        name,
      });
    }
    if (field.disclosure !== 'public') continue;
    const value = record.claims[name]!;
    checkPublic(value, CLAIM_DEPTH, count);
    claims[name] = value;
  }
  return claims;
}

const CLAIM_DEPTH = 2; // below the statement and its claims
const ITEMS_BESIDE_CLAIMS = 2048; // more than 256 commitments, 64 keys of 3 members, 256 links of 3, and all else

/** Check that a public value stays within what `parseStatement` accepts. @throws STATEMENT_ENTRY_LIMIT */
function checkPublic(value: JsonValue, depth: number, count: { items: number }): void {
  count.items++;
  const isLong = typeof value === 'string' && value.length > STATEMENT_LIMITS.string;
  const isDeep = typeof value === 'object' && value !== null && depth >= STATEMENT_LIMITS.depth;
  if (isLong || isDeep || count.items > STATEMENT_LIMITS.items - ITEMS_BESIDE_CLAIMS) {
    throw statementError('STATEMENT_ENTRY_LIMIT', 'public claims: too deep, too long or too many');
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, item] of Object.entries(value)) {
    checkPublic(item, depth + 1, count);
    if (name.length > STATEMENT_LIMITS.string) {
      throw statementError('STATEMENT_ENTRY_LIMIT', 'public claims: a name is too long');
    }
  }
}

function checkEntryLength(length: number): void {
  if (length <= ENTRY_BYTES) return;
  throw statementError(
    'STATEMENT_ENTRY_LENGTH',
    `entry: expected at most ${ENTRY_BYTES} bytes, got ${length}`,
    { length },
  );
}
