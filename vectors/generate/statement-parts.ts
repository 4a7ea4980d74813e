import { createHash, createHmac, createPrivateKey, createPublicKey, sign } from 'node:crypto';

// Statements made the naive way, on node:crypto and JSON alone: spec/statement read a second time. Secrets are seeded: test secrets.

export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** A case: its members, and the code that it must be refused with, if it must. */
export type Case = Readonly<Record<string, unknown>> & {
  readonly name: string;
  readonly code?: string;
};

export interface Field {
  readonly name: string;
  readonly disclosure: 'public' | 'committed' | 'key';
  readonly key?: { readonly kind: string; readonly role: string };
}

/** What a record is issued with. Bytes are in base64. */
export interface Issue {
  readonly log: string;
  readonly profile: {
    readonly name: string;
    readonly events: readonly string[];
    readonly fields: readonly Field[];
  };
  readonly issuer: { readonly org: string; readonly system: string };
  readonly idSecret: string;
  readonly keyspaces: Readonly<
    Record<string, { readonly keyspace: string; readonly secret: string }>
  >;
  readonly recordedTime: string;
  readonly salts: string;
  readonly files?: readonly Json[];
  readonly links?: readonly {
    readonly rel: string;
    readonly leaf: string;
    readonly log?: string;
  }[];
  readonly sequence?: { readonly source: string; readonly number: number };
  readonly signer?: { readonly alg: 'Ed25519'; readonly keyId: string };
}

export interface NaiveRecord {
  readonly profile: string;
  readonly event: string;
  readonly key?: string;
  readonly id?: string;
  readonly eventTime: string;
  readonly claims: Readonly<Record<string, Json>>;
  readonly links?: readonly Json[];
  readonly files?: readonly Json[];
}

export interface Statement {
  [name: string]: Json | undefined;
  claims: Record<string, Json>;
  commitments: Record<string, string>;
  keys: Record<string, Json>[];
  links: Record<string, Json>[];
}

export const sha256 = (data: string | Uint8Array): Buffer =>
  createHash('sha256').update(data).digest();
export const base64 = (data: string | Uint8Array): string => Buffer.from(data).toString('base64');
export const seed = (label: string): Buffer => sha256(`anchorlog test vector: ${label}`);

const hmac = (secret: string, ...parts: readonly string[]): Buffer =>
  createHmac('sha256', Buffer.from(secret, 'base64')).update(parts.join('\0')).digest();

/** RFC 8785 for values of integers only. */
export function jcs(value: Json | undefined): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(jcs).join(',')}]`;
  const object = value as Readonly<Record<string, Json | undefined>>;
  const names = Object.keys(object)
    .filter((name) => object[name] !== undefined)
    .toSorted();
  return `{${names.map((name) => `${JSON.stringify(name)}:${jcs(object[name])}`).join(',')}}`;
}

/** As many salts as asked for, 16 bytes each, in base64. */
export function saltsOf(label: string, count: number): string {
  const salts = Array.from({ length: count }, (_, i) => seed(`salt ${label} ${i}`).subarray(0, 16));
  return base64(Buffer.concat(salts));
}

export function normalize(kind: string, identifier: string): string {
  if (kind === 'license') return identifier;
  let text = '';
  for (let i = 0; i < identifier.length; i++) {
    let code = identifier.charCodeAt(i);
    if (code >= 0xff01 && code <= 0xff5e) code -= 0xff01 - 0x21;
    if (code >= 0x61 && code <= 0x7a) code -= 0x20;
    text += String.fromCharCode(code);
  }
  return text;
}

export function keyOf(secret: string, keyspace: string, kind: string, identifier: string): Buffer {
  return hmac(secret, 'anchorlog/key/1', keyspace, kind, normalize(kind, identifier));
}

export function idOf(secret: string, org: string, system: string, key: string): string {
  const hex = hmac(secret, 'anchorlog/id/1', org, system, key)
    .toString('hex')
    .slice(0, 32)
    .split('');
  hex[12] = '8';
  hex[16] = '89ab'[Number.parseInt(hex[16]!, 16) % 4]!;
  return hex.join('').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

export function disclosureOf(salt: Uint8Array, address: string, path: string, value: Json): string {
  const text = Buffer.from(salt).toString('base64url');
  return jcs(['anchorlog/commitment/1', text, address, path, value]);
}

/** Issue a record: statement, and the text of each disclosure by path. */
export function issue(
  record: NaiveRecord,
  context: Issue,
): { id: string; statement: Statement; disclosures: Record<string, string> } {
  const { org, system } = context.issuer;
  const id = record.id ?? idOf(context.idSecret, org, system, record.key!);
  const salts = Buffer.from(context.salts, 'base64');
  const disclosures: Record<string, string> = {};
  const commit = (path: string, value: Json): string => {
    const at = Object.keys(disclosures).length * 16;
    disclosures[path] = disclosureOf(
      salts.subarray(at, at + 16),
      `${org}/${system}/${id}`,
      path,
      value,
    );
    return base64(sha256(disclosures[path]));
  };
  const valueOf = ({ name }: Field): Json =>
    name === 'files' ? (context.files ?? null) : (record.claims[name] ?? null);
  const { fields } = context.profile;
  const commitments: Record<string, string> = {};
  for (const field of fields.filter(({ disclosure }) => disclosure === 'committed')) {
    commitments[`/${field.name}`] = commit(`/${field.name}`, valueOf(field));
  }
  const keys = fields
    .filter(({ key }) => key)
    .map((field, i) => {
      const { kind, role } = field.key!;
      const value = valueOf(field);
      const identifier = typeof value === 'object' && value ? (value as { id: string }).id : value;
      const { keyspace, secret } = context.keyspaces[kind]!;
      const opened =
        identifier === null
          ? null
          : { keyspace, key: base64(keyOf(secret, keyspace, kind, String(identifier))) };
      return { kind, role, commitment: commit(`/keys/${i}`, opened) };
    });
  const claims: Record<string, Json> = {};
  for (const { name, disclosure } of fields) {
    if (disclosure === 'public' && name in record.claims) claims[name] = record.claims[name]!;
  }
  const statement: Statement = {
    log: context.log,
    profile: record.profile,
    id,
    event: record.event,
    eventTime: record.eventTime,
    recordedTime: context.recordedTime,
    issuer: { org, system },
    sequence: context.sequence && { ...context.sequence },
    claims,
    commitments,
    keys,
    links: (context.links ?? []).map((link) => ({ ...link })),
    signature: context.signer && { ...context.signer },
  };
  return { id, statement, disclosures };
}

const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex'); // RFC 8410 §7

/** A seeded Ed25519 key. */
export function keyPair(label: string): {
  readonly seed: Buffer;
  readonly spki: Buffer;
  readonly publicKey: Buffer;
  readonly keyId: string;
  readonly sign: (message: string) => Buffer;
} {
  const secret = seed(`Ed25519 ${label}`);
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8, secret]),
    format: 'der',
    type: 'pkcs8',
  });
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return {
    seed: secret,
    spki,
    publicKey: spki.subarray(-32),
    keyId: sha256(spki).toString('base64url'),
    sign: (message) => sign(null, Buffer.from(message), key),
  };
}

/** The statement with its signature: over the tag and the statement without `signature.value`. */
export function signed(
  statement: Statement,
  key: ReturnType<typeof keyPair>,
  tag = 'anchorlog/statement/1\n',
): Statement {
  const unsigned: Statement = { ...statement, signature: { alg: 'Ed25519', keyId: key.keyId } };
  const value = base64(key.sign(tag + jcs(unsigned as Json)));
  return { ...unsigned, signature: { alg: 'Ed25519', keyId: key.keyId, value } };
}

/** One case a line. */
export function vectorFile(
  description: string,
  members: Readonly<Record<string, unknown>>,
  cases: readonly Case[],
): string {
  const head = JSON.stringify({ description, ...members }).slice(0, -1);
  const lines = cases.map((c) => JSON.stringify({ ...c, accept: c.code === undefined }));
  return `${head},"cases":[\n${lines.join(',\n')}\n]}\n`;
}
