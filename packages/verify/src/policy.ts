import {
  canonicalize,
  encodeUtf8,
  formatHex,
  parseDate,
  sha256,
  type JsonValue,
  type SuiteName,
} from '@anchorlog/core';
import { receiptKeyName, type NoteKey } from '@anchorlog/tlog';
import { readEvidenceRule, type EvidenceRule } from './evidence-rule.ts';
import { formatVersion, jsonInput } from './json-input.ts';
import { hasContract, readChains, type PolicyChain } from './policy-chain.ts';
import { readIssuer, type PolicyIssuer } from './policy-issuer.ts';
import {
  ORG,
  ORIGIN,
  Once,
  TITLE,
  checked,
  read,
  readVkey,
  refuse,
  refuseShape,
} from './policy-reader.ts';

/** The format that this version reads. */
export const POLICY_FORMAT = 'anchorlog/policy/1';

/** What a verifier trusts: pinned by the verifier, never taken from a bundle. Made by `parseTrustPolicy` only. spec/policy §2 */
export interface TrustPolicy {
  readonly name: string;
  /** YYYY-MM-DD */
  readonly date: string;
  /** SHA-256 of the canonical JSON, 64 hexadecimal digits: two policies that say the same have the same digest. */
  readonly digest: string;
  /** By origin. */
  readonly logs: ReadonlyMap<string, PolicyLog>;
  /** By organisation. */
  readonly issuers: ReadonlyMap<string, PolicyIssuer>;
  readonly witnesses: readonly NoteKey[];
  readonly indexCheckers: readonly NoteKey[];
  readonly observers: readonly NoteKey[];
  /** By chain id. */
  readonly chains: ReadonlyMap<number, PolicyChain>;
  readonly evidence: EvidenceRule;
  /** Seconds for which a status proof answers beyond its own time. */
  readonly maxStatusAge: number;
}

/** A log that is trusted to keep what is handed in. spec/policy §3 */
export interface PolicyLog {
  readonly origin: string;
  readonly key: NoteKey;
  readonly receiptKey?: NoteKey | undefined;
  readonly suite: SuiteName;
  readonly index: 'none' | 'index/1';
  /** Organisations whose statements count in this log. */
  readonly issuers: 'any' | readonly string[];
  readonly profiles: 'any' | readonly string[];
  /** Where the log is closed, and with which anchor: later ones do not count. */
  readonly closedAt: readonly PolicyClosure[];
}

/** The last anchor of a log that counts in one registry. spec/policy §3, spec/anchor §2.3 */
export interface PolicyClosure {
  readonly chainId: number;
  /** 20 bytes. */
  readonly contract: Uint8Array;
  /** 0: none counts. */
  readonly number: number;
}

const PROFILE = /^(?=.{1,64}$)[a-z][a-z0-9.-]*\/[1-9][0-9]{0,3}$/;

/**
 * Parse a trust policy from its bytes, its text or its JSON, strictly: a mistake here is found by nobody else. spec/policy §2
 * @throws VERIFY_POLICY_MALFORMED, VERIFY_POLICY_VERSION, VERIFY_POLICY_KEY, VERIFY_POLICY_REPEATED, VERIFY_POLICY_RANGE
 */
export function parseTrustPolicy(input: unknown): TrustPolicy {
  let json: JsonValue;
  let digest: string;
  try {
    json = jsonInput(input);
    digest = formatHex(sha256.hash(encodeUtf8(canonicalize(json))));
  } catch (cause) {
    throw refuse('VERIFY_POLICY_MALFORMED', '', 'JSON', cause);
  }
  const version = formatVersion(json, 'policy');
  if (version !== undefined && version !== 1) {
    throw refuse('VERIFY_POLICY_VERSION', '/format', `version 1, got ${version}`);
  }
  const policy = read.object(json, '', {
    required: [
      'format',
      'name',
      'date',
      'logs',
      'issuers',
      'witnesses',
      'indexCheckers',
      'observers',
      'chains',
      'evidence',
      'maxStatusAge',
    ],
  });
  read.word(policy['format'], '/format', [POLICY_FORMAT]);
  const list = <T>(name: string, limit: number, item: (value: JsonValue, at: string) => T): T[] =>
    read.array(policy[name], `/${name}`, limit, item);
  const once = new Once();
  const keys = (name: string): NoteKey[] => list(name, 64, (key, at) => readVkey(key, at, once));
  const chains = mapBy(readChains(policy['chains'], once), (chain) => chain.chainId);
  return {
    name: read.string(policy['name'], '/name', TITLE),
    date: checked(read.string(policy['date'], '/date'), '/date', 'a day YYYY-MM-DD', parseDate),
    digest,
    logs: mapBy(
      list('logs', 1024, (log, at) => readLog(log, at, once, chains)),
      (log) => log.origin,
    ),
    issuers: mapBy(
      list('issuers', 16_384, (issuer, at) => readIssuer(issuer, at, once)),
      (issuer) => issuer.org,
    ),
    witnesses: keys('witnesses'),
    indexCheckers: keys('indexCheckers'),
    observers: keys('observers'),
    chains,
    evidence: readEvidenceRule(policy['evidence'], '/evidence'),
    maxStatusAge: read.size(policy['maxStatusAge'], '/maxStatusAge'),
  };
}

function readLog(
  value: JsonValue,
  at: string,
  once: Once,
  chains: TrustPolicy['chains'],
): PolicyLog {
  const log = read.object(value, at, {
    required: ['origin', 'vkey', 'suite', 'index', 'issuers', 'profiles'],
    optional: ['receiptVkey', 'closedAt'],
  });
  const origin = read.string(log['origin'], `${at}/origin`, ORIGIN);
  once.add(`log ${origin}`, `${at}/origin`);
  const namedKey = (member: 'vkey' | 'receiptVkey', name: string): NoteKey => {
    const key = readVkey(log[member], `${at}/${member}`, once);
    // The name is part of what is signed for: a key of another name is a key for another purpose.
    if (key.name !== name || key.algorithm !== 'Ed25519') {
      throw refuse('VERIFY_POLICY_KEY', `${at}/${member}`, `an Ed25519 key named ${name}`);
    }
    return key;
  };
  const names = (member: 'issuers' | 'profiles', pattern: RegExp): 'any' | string[] =>
    log[member] === 'any'
      ? 'any'
      : read.array(log[member], `${at}/${member}`, 16_384, (name, nameAt) =>
          read.string(name, nameAt, pattern),
        );
  return {
    origin,
    key: namedKey('vkey', origin),
    ...(log['receiptVkey'] === undefined
      ? {}
      : { receiptKey: namedKey('receiptVkey', receiptKeyName(origin)) }),
    suite: read.word(log['suite'], `${at}/suite`, ['sha256', 'sm3']),
    index: read.word(log['index'], `${at}/index`, ['none', 'index/1']),
    issuers: names('issuers', ORG),
    profiles: names('profiles', PROFILE),
    closedAt: read.array(log['closedAt'] ?? [], `${at}/closedAt`, 64, (item, itemAt) => {
      const closure = read.object(item, itemAt, { required: ['chainId', 'contract', 'number'] });
      const chainId = read.size(closure['chainId'], `${itemAt}/chainId`);
      const contract = read.hex(closure['contract'], `${itemAt}/contract`, 20);
      const chain = chains.get(chainId);
      // A closure that names nothing would close nothing, and nobody would see it.
      if (!chain || !hasContract(chain, contract)) {
        return refuseShape(itemAt, 'a chain and contract of this policy');
      }
      return { chainId, contract, number: read.size(closure['number'], `${itemAt}/number`) };
    }),
  };
}

function mapBy<K, T>(items: readonly T[], keyOf: (item: T) => K): ReadonlyMap<K, T> {
  return new Map(items.map((item) => [keyOf(item), item]));
}
