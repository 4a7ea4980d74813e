import { readdirSync, readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { formatDefinition, type RuledProfile } from '@anchorlog/profiles';

// Examples of every event of every profile: the claims that it requires, with the values of the synthetic records where these have one.

export type Value =
  null | boolean | number | string | readonly Value[] | { readonly [name: string]: Value };
export type Claims = Readonly<Record<string, Value>>;

export interface Example {
  readonly event: string;
  readonly claims: Claims;
}

const RECORDS = new URL('../../packages/profiles/records/', import.meta.url);

/** Canonical JSON of a value that holds texts, integers, lists and objects only. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
}

/** The digest of a definition under a suite, in base64. */
export function digestOf(definition: unknown, suite: 'sha256' | 'sm3'): string {
  return createHash(suite).update(canonical(definition)).digest('base64');
}

const DIGEST = { alg: 'SM3', salted: false, value: '5a'.repeat(32) };
const SALTED_DIGEST = { alg: 'SM3', salted: true, value: 'c3'.repeat(32) };
const ORG = '1199999900000006XQ';
const HASH = createHash('sha256').update('example').digest('base64');

/** What no synthetic record has. */
const MORE: Readonly<Record<string, Claims>> = {
  'license.lifecycle/1': { convertedFileDigest: DIGEST, conversionStandard: 'GB/T 42133-2022' },
  'seal.lifecycle/1': {
    reasonCode: 'other',
    reasonText: '证书到期前更换',
    applyTime: '2026-03-01T09:00:00+08:00',
  },
  'seal.use/1': { verifyResult: 'valid' },
  'share.delivery/1': { refuseReason: 'NO-AUTHORIZATION' },
  'case.step/1': { decisionDocDigest: DIGEST },
  'dataasset.registration/1': { counterpartyOrgCode: ORG, contractDigest: DIGEST },
  'document/1': { previousVersion: '0.9', reason: '新版办事指南已发布' },
  'log/1': {
    origin: 'example.gov/licenses',
    suite: 'sha256',
    index: 'none',
    anchorBy: 24,
    profiles: [`access/1:${HASH}`],
    source: `${ORG}/license-make/1`,
    number: 1041,
    replacedDigest: HASH,
    fromNumber: 0,
    toNumber: 1040,
    rootHash: HASH,
    keyspace: 'example.gov/licenses/status',
    custodian: ORG,
    writers: [ORG],
    kinds: ['license', 'seal'],
    entryIndex: 1041,
    leafHash: HASH,
    fromIndex: 100,
    toIndex: 200,
    ground: 'order',
    order: '示例法执〔2026〕12号',
    keyPosition: 0,
  },
};

/** What some events need besides. */
const OF_EVENT: Readonly<Record<string, Claims>> = {
  'share.deny': { decision: 'deny' },
  'document.replace': { version: '2.0', previousVersion: '1.0' },
  'access.search': { action: 'search' },
  'payment.refund': { refundOf: 'ZF202604090000001' },
  'access.deny': { action: 'export', outcome: 'denied' },
};

/** An example for each event of a profile, in their order. */
export function examplesOf(profile: RuledProfile, all: readonly RuledProfile[]): Example[] {
  const pool = { ...poolOf(profile.name), ...MORE[profile.name] };
  return profile.events.map(({ name: event }) => {
    const needed = profile.fields.filter(({ required }) =>
      typeof required === 'boolean' ? required : required.includes(event),
    );
    const claims: Record<string, Value> = {};
    for (const { name } of needed) claims[name] = pool[name] ?? null;
    for (const rule of profile.rules) {
      if (rule.rule !== 'eventValue') continue;
      const values = rule.values[event];
      const isIn = values?.some((value) => value === claims[rule.field]);
      if (values && rule.field in claims && !isIn) claims[rule.field] = values[0]!;
    }
    // What the values taken call for.
    for (const rule of profile.rules) {
      if (rule.rule !== 'require') continue;
      for (const field of rule.fields) {
        if (pool[field] !== undefined) claims[field] ??= pool[field];
      }
    }
    return { event, claims: { ...claims, ...OF_EVENT[event], ...registered(event, all) } };
  });
}

function registered(event: string, all: readonly RuledProfile[]): Claims {
  if (event !== 'profile.register') return {};
  const definition = formatDefinition(all.find(({ name }) => name === 'document/1')!);
  const digest = digestOf(definition, 'sha256');
  return { profileName: 'document/1', profileDigest: digest, definition: definition as Value };
}

/** Values of the synthetic records of a profile by field, of the first record that has one. */
function poolOf(profile: string): Record<string, Value> {
  const pool: Record<string, Value> = {};
  for (const file of readdirSync(RECORDS).toSorted()) {
    if (file === 'index.json') continue;
    const text = readFileSync(new URL(file, RECORDS), 'utf8');
    const record = JSON.parse(text) as { profile: string; claims: Claims }; // our own file
    if (record.profile !== profile) continue;
    for (const [name, value] of Object.entries(record.claims)) pool[name] ??= value;
  }
  return pool;
}

export { DIGEST, HASH, ORG, SALTED_DIGEST };
