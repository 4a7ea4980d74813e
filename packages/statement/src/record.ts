import {
  isWellFormed,
  parseJson,
  pointerToken,
  ShapeReader,
  type JsonLimits,
  type JsonObject,
  type JsonValue,
} from '@anchorlog/core';
import { statementError } from './error.ts';
import { checkId, checkTime, CLAIM, EVENT, FILES_LIMIT, LINKS_LIMIT } from './form.ts';
import { ORG, PROFILE, REL, SYSTEM } from './form.ts';

/** What a business system hands in, of the shape of spec/statement §2. */
export interface LogRecord {
  /** `license.lifecycle/1` */
  readonly profile: string;
  /** `license.issue` */
  readonly event: string;
  /** The business system's own number for this event; exactly one of `key` and `id` is present. */
  readonly key?: string | undefined;
  /** A UUID of version 8. */
  readonly id?: string | undefined;
  readonly eventTime: string;
  /** Only where one process serves several; the name and region stay with the emitter. */
  readonly issuer?: RecordIssuer | undefined;
  readonly claims: JsonObject;
  readonly files?: readonly RecordFile[] | undefined;
  readonly links?: readonly RecordLink[] | undefined;
  /** W3C trace id of 32 hexadecimal digits; stays with the emitter. */
  readonly traceId?: string | undefined;
  /** ISO 8601 duration; stays with the emitter. */
  readonly retention?: string | undefined;
}

export interface RecordIssuer {
  readonly org: string;
  readonly system: string;
  readonly name?: string | undefined;
  readonly region?: string | undefined;
}

/** A file by its place (the notary reads it), or by its digest. */
export type RecordFile = { readonly name: string; readonly path: string } | FileDigest;

/** What is committed to of a file: `size` in bytes, digests in hexadecimal; `sm3` in logs of that suite, or where the record gives it. */
export interface FileDigest {
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
  readonly sm3?: string | undefined;
}

/** Another record by its `key` or its `id`. */
export interface RecordLink {
  readonly rel: string;
  readonly key?: string | undefined;
  readonly id?: string | undefined;
}

/** The limits of a record (spec/encoding §3). */
export const RECORD_LIMITS: JsonLimits = {
  bytes: 4_194_304,
  depth: 18,
  items: 65_536,
  string: 1_000_000,
};

const shape = /* @__PURE__ */ new ShapeReader((at, expected) => {
  throw statementError('STATEMENT_RECORD_SHAPE', `record ${at || '/'}: expected ${expected}`, {
    at,
  });
});

/**
 * Read a record from JSON text, its UTF-8 bytes, or an already parsed value, which is copied.
 * @throws STATEMENT_RECORD_SHAPE, STATEMENT_RECORD_VALUE, STATEMENT_ID_FORM, STATEMENT_TIME_FORM, CORE_JSON_… and CORE_UTF8_MALFORMED for text
 */
export function parseRecord(input: unknown): LogRecord {
  const json =
    typeof input === 'string' || input instanceof Uint8Array
      ? parseJson(input, RECORD_LIMITS)
      : copyJson(input, '', 0, { items: 0 });
  const record = shape.object(json, '', {
    required: ['profile', 'event', 'eventTime', 'claims'],
    optional: ['key', 'id', 'issuer', 'files', 'links', 'traceId', 'retention'],
  });
  const { profile, event, eventTime, claims, issuer, files, links, traceId, retention } = record;
  shape.map(claims, '/claims');
  return {
    profile: shape.string(profile, '/profile', PROFILE, 'a name and version'),
    event: shape.string(event, '/event', EVENT, 'the name of an event, like document.publish'),
    ...readReference(record, ''),
    eventTime: checkTime(shape.string(eventTime, '/eventTime'), '/eventTime', TIME_EXAMPLE),
    ...(issuer === undefined ? {} : { issuer: readIssuer(issuer) }),
    claims: readClaims(claims),
    ...(files === undefined ? {} : { files: shape.array(files, '/files', FILES_LIMIT, readFile) }),
    ...(links === undefined ? {} : { links: shape.array(links, '/links', LINKS_LIMIT, readLink) }),
    ...(traceId === undefined
      ? {}
      : { traceId: shape.string(traceId, '/traceId', /^[0-9a-f]{32}$/, '32 hexadecimal digits') }),
    ...(retention === undefined
      ? {}
      : { retention: shape.string(retention, '/retention', /^P[0-9A-Z]{1,32}$/, 'a duration') }),
  };
}

function readClaims(value: JsonValue | undefined): JsonObject {
  const claims = shape.map(value, '/claims');
  for (const name of Object.keys(claims)) shape.string(name, '/claims', CLAIM, 'names of claims');
  if (Object.hasOwn(claims, 'files')) {
    throw statementError(
      'STATEMENT_RECORD_SHAPE',
      'record /claims/files: expected no claim named files: files are a member of the record itself',
      { at: '/claims/files' },
    );
  }
  return claims;
}

function readReference(
  object: JsonObject,
  at: string,
): { readonly key: string } | { readonly id: string } {
  const { key, id } = object;
  if ((key === undefined) === (id === undefined)) {
    throw statementError('STATEMENT_RECORD_SHAPE', `record ${at || '/'}: expected one of key, id`, {
      at,
    });
  }
  return id === undefined
    ? { key: shape.string(key, `${at}/key`, /^[^]{1,256}$/, '1 to 256 characters') }
    : { id: checkId(shape.string(id, `${at}/id`), `${at}/id`) };
}

function readIssuer(value: JsonValue): RecordIssuer {
  const at = '/issuer';
  const { org, system, name, region } = shape.object(value, at, {
    required: ['org', 'system'],
    optional: ['name', 'region'],
  });
  return {
    org: shape.string(org, `${at}/org`, ORG, 'a code of letters, digits, dots and hyphens'),
    system: shape.string(system, `${at}/system`, SYSTEM, 'a name like service-guide'),
    ...(name === undefined ? {} : { name: shape.string(name, `${at}/name`) }),
    ...(region === undefined ? {} : { region: shape.string(region, `${at}/region`) }),
  };
}

function readFile(value: JsonValue, at: string): RecordFile {
  const isByPath = Object.hasOwn(shape.map(value, at), 'path');
  const { name, path, size, sha256, sm3 } = shape.object(value, at, {
    required: isByPath ? ['name', 'path'] : ['name', 'size', 'sha256'],
    optional: isByPath ? [] : ['sm3'],
  });
  const named = { name: shape.string(name, `${at}/name`, /^[^]{1,255}$/, '1 to 255 characters') };
  if (path !== undefined) return { ...named, path: shape.string(path, `${at}/path`) };
  return {
    ...named,
    size: shape.size(size, `${at}/size`),
    sha256: shape.string(sha256, `${at}/sha256`, DIGEST, '64 hexadecimal digits'),
    ...(sm3 !== undefined && {
      sm3: shape.string(sm3, `${at}/sm3`, DIGEST, '64 hexadecimal digits'),
    }),
  };
}

function readLink(value: JsonValue, at: string): RecordLink {
  const link = shape.object(value, at, { required: ['rel'], optional: ['key', 'id'] });
  return {
    rel: shape.string(link['rel'], `${at}/rel`, REL, 'a word like sealedBy'),
    ...readReference(link, at),
  };
}

/** For who writes records: verifiers do without. */
const TIME_EXAMPLE = ', like 2026-03-12T10:15:02+08:00';
const DIGEST = /^[0-9a-f]{64}$/;
const ORDINARY = { enumerable: true, configurable: true, writable: true };

/** Copy a value as the strict JSON parser would have given it, so that what a caller changes later changes nothing here. */
function copyJson(value: unknown, at: string, depth: number, count: { items: number }): JsonValue {
  switch (typeof value) {
    case 'boolean':
      return value;
    case 'string':
      if (value.length > RECORD_LIMITS.string) throw valueError(at, 'a shorter string');
      if (!isWellFormed(value)) throw valueError(at, 'no lone surrogate');
      return value;
    case 'number':
      if (!Number.isSafeInteger(value)) throw valueError(at, 'an integer within 2^53 - 1');
      return value + 0; // -0 becomes 0
    case 'object': {
      if (value === null) return null;
      if (depth >= RECORD_LIMITS.depth) throw valueError(at, 'less nesting');
      if (Array.isArray(value)) {
        return Array.from(value, (item: unknown, i) => {
          if (++count.items > RECORD_LIMITS.items) throw valueError(at, 'fewer members and items');
          return copyJson(item, `${at}/${i}`, depth + 1, count);
        });
      }
      const prototype: unknown = Object.getPrototypeOf(value);
      if (prototype !== Object.prototype && prototype !== null) {
        throw valueError(at, 'a plain object');
      }
      const copy: Record<string, JsonValue> = {};
      for (const [name, member] of Object.entries(value)) {
        if (member === undefined) continue; // as JSON.stringify does
        if (++count.items > RECORD_LIMITS.items) throw valueError(at, 'fewer members and items');
        copyJson(name, at, depth, count);
        const item = copyJson(member as unknown, `${at}/${pointerToken(name)}`, depth + 1, count);
        if (name === '__proto__') Object.defineProperty(copy, name, { value: item, ...ORDINARY });
        else copy[name] = item;
      }
      return copy;
    }
    default:
      throw valueError(at, 'a JSON value');
  }
}

function valueError(at: string, expected: string): Error {
  return statementError('STATEMENT_RECORD_VALUE', `record ${at || '/'}: expected ${expected}`, {
    at,
  });
}
