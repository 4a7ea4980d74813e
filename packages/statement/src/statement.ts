import {
  isBase64,
  parseCanonical,
  ShapeReader,
  STATEMENT_LIMITS,
  type JsonObject,
  type JsonValue,
  type SignatureAlgorithm,
} from '@anchorlog/core';
import { statementError } from './error.ts';
import { ALGORITHM, BASE64URL_32, CLAIM, CLAIM_PATH, EVENT, LOG } from './form.ts';
import {
  checkId,
  checkKeyName,
  checkTime,
  ORG,
  PROFILE,
  REL,
  ROLE,
  SOURCE_SUFFIX,
} from './form.ts';
import { COMMITMENTS_LIMIT, ENTRY_BYTES, KEYS_LIMIT, LINKS_LIMIT, SYSTEM } from './form.ts';

/** An issuer's typed claims exactly as they are logged: hashes stay in base64, times as written (spec/statement §3). */
export interface Statement {
  /** Origin of the log that it was issued for. */
  readonly log: string;
  readonly profile: string;
  /** A UUID of version 8, unique per organisation and system for ever. */
  readonly id: string;
  readonly event: string;
  readonly eventTime: string;
  readonly recordedTime: string;
  readonly issuer: StatementIssuer;
  readonly sequence?: StatementSequence | undefined;
  /** Public claims by name. */
  readonly claims: JsonObject;
  /** Path (`/holderName`) → 32 bytes in base64. */
  readonly commitments: Readonly<Record<string, string>>;
  readonly keys: readonly StatementKey[];
  readonly links: readonly StatementLink[];
  readonly signature?: StatementSignature | undefined;
}

export interface StatementIssuer {
  readonly org: string;
  readonly system: string;
}

/** A number in the gapless counter of `source`, which is `<org>/<system>/<suffix>`. */
export interface StatementSequence {
  readonly source: string;
  readonly number: number;
}

/** A commitment to an index key: 32 bytes in base64. */
export interface StatementKey {
  readonly kind: string;
  readonly role: string;
  readonly commitment: string;
}

/** Another entry by its leaf hash, 32 bytes in base64; `log` is present iff it stands in another log. */
export interface StatementLink {
  readonly rel: string;
  readonly leaf: string;
  readonly log?: string | undefined;
}

export interface StatementSignature {
  readonly alg: SignatureAlgorithm;
  /** base64url(SHA-256(SPKI)) */
  readonly keyId: string;
  /** 64 bytes in base64; absent only in what `issue` hands over to be signed. */
  readonly value?: string | undefined;
}

const shape = /* @__PURE__ */ new ShapeReader(refuse);

/**
 * Read the bytes of an entry as a statement: canonical JSON of at most 65,535 bytes, every member of its form, and none besides.
 * @throws STATEMENT_ENTRY_LENGTH, STATEMENT_SHAPE, STATEMENT_ID_FORM, STATEMENT_TIME_FORM, STATEMENT_PATH_FORM, STATEMENT_PATH_REPEATED,
 * STATEMENT_KEY_NAME, STATEMENT_KEY_REPEATED, STATEMENT_SEQUENCE_SOURCE, STATEMENT_SIGNATURE_ALGORITHM, CORE_JSON_…, CORE_JCS_NOT_CANONICAL, CORE_UTF8_MALFORMED
 */
export function parseStatement(entry: Uint8Array): Statement {
  if (entry.length > ENTRY_BYTES) {
    throw statementError(
      'STATEMENT_ENTRY_LENGTH',
      `entry: expected at most ${ENTRY_BYTES} bytes, got ${entry.length}`,
      { length: entry.length },
    );
  }
  const json = shape.object(parseCanonical(entry, STATEMENT_LIMITS), '', {
    required: REQUIRED,
    optional: OPTIONAL,
  });
  shape.string(json['log'], '/log', LOG);
  shape.string(json['profile'], '/profile', PROFILE, 'a name and version');
  checkId(shape.string(json['id'], '/id'), '/id');
  shape.string(json['event'], '/event', EVENT);
  checkTime(shape.string(json['eventTime'], '/eventTime'), '/eventTime');
  checkTime(shape.string(json['recordedTime'], '/recordedTime'), '/recordedTime');
  const issuer = shape.object(json['issuer'], '/issuer', { required: ['org', 'system'] });
  const org = shape.string(issuer['org'], '/issuer/org', ORG);
  const system = shape.string(issuer['system'], '/issuer/system', SYSTEM);
  const claims = shape.map(json['claims'], '/claims');
  for (const name of Object.keys(claims)) shape.string(name, '/claims', CLAIM, 'names of claims');
  checkCommitments(json['commitments'], claims);
  checkKeys(json['keys']);
  shape.array(json['links'], '/links', LINKS_LIMIT, checkLink);
  if (json['sequence'] !== undefined) checkSequence(json['sequence'], `${org}/${system}/`);
  if (json['signature'] !== undefined) checkSignature(json['signature']);
  return json as unknown as Statement; // every member was checked above
}

const REQUIRED = [
  'claims',
  'commitments',
  'event',
  'eventTime',
  'id',
  'issuer',
  'keys',
  'links',
  'log',
  'profile',
  'recordedTime',
];
const OPTIONAL = ['sequence', 'signature'];

function checkCommitments(value: JsonValue | undefined, claims: JsonObject): void {
  const commitments = shape.map(value, '/commitments');
  const paths = Object.keys(commitments);
  if (paths.length > COMMITMENTS_LIMIT) {
    throw statementError('STATEMENT_SHAPE', `expected at most ${COMMITMENTS_LIMIT} commitments`);
  }
  for (const path of paths) {
    if (!CLAIM_PATH.test(path)) {
      throw statementError(
        'STATEMENT_PATH_FORM',
        'commitments: expected / and the name of a claim',
      );
    }
    if (Object.hasOwn(claims, path.slice(1))) {
      throw statementError('STATEMENT_PATH_REPEATED', `${path} is public and committed`, { path });
    }
    checkHash(commitments[path], '/commitments');
  }
}

function checkKeys(value: JsonValue | undefined): void {
  const seen: string[] = [];
  shape.array(value, '/keys', KEYS_LIMIT, (each, at) => {
    const key = shape.object(each, at, { required: ['commitment', 'kind', 'role'] });
    const kind = checkKeyName(shape.string(key['kind'], `${at}/kind`), `${at}/kind`);
    const role = shape.string(key['role'], `${at}/role`, ROLE);
    checkHash(key['commitment'], `${at}/commitment`);
    if (seen.includes(`${kind} ${role}`)) {
      throw statementError('STATEMENT_KEY_REPEATED', `${at}: ${kind} ${role} again`, { at });
    }
    seen.push(`${kind} ${role}`);
  });
}

function checkLink(value: JsonValue, at: string): void {
  const link = shape.object(value, at, { required: ['leaf', 'rel'], optional: ['log'] });
  shape.string(link['rel'], `${at}/rel`, REL);
  checkHash(link['leaf'], `${at}/leaf`);
  if (link['log'] !== undefined) shape.string(link['log'], `${at}/log`, LOG);
}

function checkSequence(value: JsonValue, prefix: string): void {
  const at = '/sequence';
  const sequence = shape.object(value, at, { required: ['number', 'source'] });
  shape.size(sequence['number'], `${at}/number`);
  checkSource(shape.string(sequence['source'], `${at}/source`), prefix);
}

/** Check that a source belongs to its issuer: nobody can use up another's numbers. @throws STATEMENT_SEQUENCE_SOURCE */
export function checkSource(source: string, prefix: string): void {
  if (!source.startsWith(prefix) || !SOURCE_SUFFIX.test(source.slice(prefix.length))) {
    throw statementError('STATEMENT_SEQUENCE_SOURCE', `source: expected ${prefix} and a suffix`);
  }
}

function checkSignature(value: JsonValue): void {
  const at = '/signature';
  const signature = shape.object(value, at, { required: ['alg', 'keyId', 'value'] });
  if (!ALGORITHM.test(shape.string(signature['alg'], `${at}/alg`))) {
    throw statementError('STATEMENT_SIGNATURE_ALGORITHM', 'signature: unknown algorithm');
  }
  shape.string(signature['keyId'], `${at}/keyId`, BASE64URL_32, '32 bytes in base64url');
  if (!isBase64(shape.string(signature['value'], `${at}/value`), 64)) {
    refuse(`${at}/value`, '64 bytes in base64');
  }
}

/** Not decoded: statements have dozens. */
function checkHash(value: JsonValue | undefined, at: string): void {
  if (!isBase64(shape.string(value, at), 32)) refuse(at, '32 bytes in standard base64');
}

function refuse(at: string, expected: string): never {
  throw statementError('STATEMENT_SHAPE', `statement ${at || '/'}: expected ${expected}`, { at });
}
