import {
  ShapeReader,
  canonicalBytes,
  formatHex,
  isCodedError,
  isEd25519PublicKey,
  parseDate,
  parseInstant,
  sha256,
  type CodedError,
  type JsonValue,
  type SuiteName,
} from '@anchorlog/core';
import { keyId } from '@anchorlog/statement';
import { parseVerifierKey, receiptKeyName, type NoteKey } from '@anchorlog/tlog';
import { verifyError, type VerifyCode } from './error.ts';
import { readEvidenceRule, type EvidenceRule } from './evidence-rule.ts';
import { formatVersion, jsonInput } from './json-input.ts';
import type { Names } from './verdict.ts';

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
}

/** An organisation that issues statements. spec/policy §4 */
export interface PolicyIssuer {
  readonly org: string;
  readonly name?: Names | undefined;
  /** If there is one, every statement of this organisation must be signed by one of them. */
  readonly keys: readonly IssuerKey[];
}

export interface IssuerKey {
  /** base64url(SHA-256(SPKI)) */
  readonly keyId: string;
  readonly alg: 'Ed25519';
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Milliseconds since 1970, judged at the anchored time. */
  readonly from?: number | undefined;
  readonly until?: number | undefined;
  /** From this entry on the key is in other hands. */
  readonly badFrom?: { readonly log: string; readonly size: number } | undefined;
}

/** A chain whose validators are trusted to seal anchors. spec/policy §6 */
export interface PolicyChain {
  readonly chainId: number;
  readonly name: string;
  /** 20 bytes. */
  readonly contract: Uint8Array;
  /** 32 bytes; auditors compare it with the code on the chain. */
  readonly codeHash: Uint8Array;
  readonly validatorSets: readonly PolicyValidators[];
}

export interface PolicyValidators {
  readonly fromBlock: number;
  /** The last block that they seal; absent for the set in office. */
  readonly untilBlock?: number | undefined;
  /** Addresses of 20 bytes. */
  readonly validators: readonly Uint8Array[];
}

const ORG = /^[0-9A-Za-z][0-9A-Za-z.-]{0,63}$/;
const PROFILE = /^(?=.{1,64}$)[a-z][a-z0-9.-]*\/[1-9][0-9]{0,3}$/;
const ORIGIN = /^[!-*,-~]{1,255}$/;
const TITLE = /^[^\p{Cc}\p{Surrogate}]{1,200}$/u;
const KEY_ID = /^[A-Za-z0-9_-]{43}$/;

const read = /* @__PURE__ */ new ShapeReader(refuseShape);

/**
 * Parse a trust policy from its bytes, its text or its JSON, strictly: a mistake here is found by nobody else. spec/policy §2
 * @throws VERIFY_POLICY_MALFORMED, VERIFY_POLICY_VERSION, VERIFY_POLICY_KEY, VERIFY_POLICY_REPEATED, VERIFY_POLICY_RANGE
 */
export function parseTrustPolicy(input: unknown): TrustPolicy {
  let json: JsonValue;
  let digest: string;
  try {
    json = jsonInput(input);
    digest = formatHex(sha256.hash(canonicalBytes(json)));
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
  return {
    name: read.string(policy['name'], '/name', TITLE),
    date: checked(read.string(policy['date'], '/date'), '/date', 'a day YYYY-MM-DD', parseDate),
    digest,
    logs: mapBy(
      list('logs', 1024, (log, at) => readLog(log, at, once)),
      (log) => log.origin,
    ),
    issuers: mapBy(
      list('issuers', 16_384, (issuer, at) => readIssuer(issuer, at, once)),
      (issuer) => issuer.org,
    ),
    witnesses: list('witnesses', 64, (key, at) => readVkey(key, at, once)),
    indexCheckers: list('indexCheckers', 64, (key, at) => readVkey(key, at, once)),
    observers: list('observers', 64, (key, at) => readVkey(key, at, once)),
    chains: mapBy(readChains(policy['chains'], once), (chain) => chain.chainId),
    evidence: readEvidenceRule(read, policy['evidence'], '/evidence', refuseShape),
    maxStatusAge: read.size(policy['maxStatusAge'], '/maxStatusAge'),
  };
}

function readLog(value: JsonValue, at: string, once: Once): PolicyLog {
  const log = read.object(value, at, {
    required: ['origin', 'vkey', 'suite', 'index', 'issuers', 'profiles'],
    optional: ['receiptVkey'],
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
  };
}

function readIssuer(value: JsonValue, at: string, once: Once): PolicyIssuer {
  const issuer = read.object(value, at, { required: ['org', 'keys'], optional: ['name'] });
  const org = read.string(issuer['org'], `${at}/org`, ORG);
  once.add(`organisation ${org}`, `${at}/org`);
  const keys = read.array(issuer['keys'], `${at}/keys`, 256, (key, keyAt) =>
    readIssuerKey(key, keyAt, once),
  );
  if (issuer['name'] === undefined) return { org, keys };
  const { zh, en } = read.object(issuer['name'], `${at}/name`, { required: ['zh', 'en'] });
  const title = (text: JsonValue | undefined, language: string): string =>
    read.string(text, `${at}/name/${language}`, TITLE);
  return { org, name: { zh: title(zh, 'zh'), en: title(en, 'en') }, keys };
}

function readIssuerKey(value: JsonValue, at: string, once: Once): IssuerKey {
  const key = read.object(value, at, {
    required: ['keyId', 'alg', 'publicKey'],
    optional: ['from', 'until', 'badFrom'],
  });
  const publicKey = read.base64(key['publicKey'], `${at}/publicKey`, 32);
  const id = read.string(key['keyId'], `${at}/keyId`, KEY_ID);
  if (!isEd25519PublicKey(publicKey) || keyId(publicKey) !== id) {
    throw refuse('VERIFY_POLICY_KEY', at, 'a sound Ed25519 public key and its own id');
  }
  once.addKey(publicKey, `${at}/publicKey`);
  const instant = (member: 'from' | 'until'): number =>
    instantOf(read.string(key[member], `${at}/${member}`), `${at}/${member}`);
  const from = key['from'] === undefined ? undefined : instant('from');
  const until = key['until'] === undefined ? undefined : instant('until');
  if (from !== undefined && until !== undefined && until < from) {
    throw refuse('VERIFY_POLICY_RANGE', at, 'until not before from');
  }
  const alg = read.word(key['alg'], `${at}/alg`, ['Ed25519']);
  if (key['badFrom'] === undefined) return { keyId: id, alg, publicKey, from, until };
  const bad = read.object(key['badFrom'], `${at}/badFrom`, { required: ['log', 'size'] });
  const badFrom = {
    log: read.string(bad['log'], `${at}/badFrom/log`, ORIGIN),
    size: read.size(bad['size'], `${at}/badFrom/size`),
  };
  return { keyId: id, alg, publicKey, from, until, badFrom };
}

function readVkey(value: JsonValue | undefined, at: string, once: Once): NoteKey {
  const text = read.string(value, at);
  let key: NoteKey;
  try {
    key = parseVerifierKey(text);
  } catch (cause) {
    throw refuse('VERIFY_POLICY_KEY', at, 'a sound verifier key', cause);
  }
  once.addKey(key.publicKey, at);
  return key;
}

function readChains(value: JsonValue | undefined, once: Once): PolicyChain[] {
  const chains = read.array(value, '/chains', 64, (item, at) => {
    const chain = read.object(item, at, {
      required: ['chainId', 'name', 'contract', 'codeHash', 'validatorSets'],
    });
    const chainId = read.size(chain['chainId'], `${at}/chainId`);
    if (chainId === 0) return refuseShape(`${at}/chainId`, '1 or more');
    once.add(`chain ${chainId}`, `${at}/chainId`);
    const validatorSets = read.array(
      chain['validatorSets'],
      `${at}/validatorSets`,
      1024,
      readValidators,
    );
    checkRanges(validatorSets, `${at}/validatorSets`);
    return {
      chainId,
      name: read.string(chain['name'], `${at}/name`, TITLE),
      contract: read.hex(chain['contract'], `${at}/contract`, 20),
      codeHash: read.hex(chain['codeHash'], `${at}/codeHash`, 32),
      validatorSets,
    };
  });
  checkAddresses(chains);
  return chains;
}

function readValidators(value: JsonValue, at: string): PolicyValidators {
  const set = read.object(value, at, {
    required: ['fromBlock', 'validators'],
    optional: ['untilBlock'],
  });
  const validators = read.array(set['validators'], `${at}/validators`, 256, (address, addressAt) =>
    read.hex(address, addressAt, 20),
  );
  if (validators.length === 0) return refuseShape(`${at}/validators`, 'at least one address');
  if (new Set(validators.map(formatHex)).size !== validators.length) {
    throw refuse('VERIFY_POLICY_REPEATED', `${at}/validators`, 'each address once');
  }
  const fromBlock = read.size(set['fromBlock'], `${at}/fromBlock`);
  if (set['untilBlock'] === undefined) return { fromBlock, validators };
  const untilBlock = read.size(set['untilBlock'], `${at}/untilBlock`);
  return { fromBlock, untilBlock, validators };
}

/** No height has two sets, or a forger could choose. */
function checkRanges(sets: readonly PolicyValidators[], at: string): void {
  const ranges = sets
    .map(({ fromBlock, untilBlock = Infinity }) => ({ fromBlock, untilBlock }))
    .toSorted((a, b) => a.fromBlock - b.fromBlock);
  for (const [i, { fromBlock, untilBlock }] of ranges.entries()) {
    if (untilBlock < fromBlock || (i > 0 && fromBlock <= ranges[i - 1]!.untilBlock)) {
      throw refuse('VERIFY_POLICY_RANGE', at, 'ranges of blocks that do not overlap');
    }
  }
}

/** A validator's key serves one chain: else a seal made on one chain could be shown as one of another. spec/policy §8 */
function checkAddresses(chains: readonly PolicyChain[]): void {
  const contracts = new Set(chains.map(({ contract }) => formatHex(contract)));
  const chainOf = new Map<string, number>();
  for (const [i, { validatorSets }] of chains.entries()) {
    for (const address of validatorSets.flatMap(({ validators }) => validators.map(formatHex))) {
      if (contracts.has(address) || (chainOf.get(address) ?? i) !== i) {
        throw refuse(
          'VERIFY_POLICY_REPEATED',
          `/chains/${i}/validatorSets`,
          'validators of one chain only, and no contract among them',
        );
      }
      chainOf.set(address, i);
    }
  }
}

/** What may stand only once in a whole policy. */
class Once {
  readonly #seen = new Set<string>();

  add(what: string, at: string): void {
    if (this.#seen.has(what)) {
      throw refuse('VERIFY_POLICY_REPEATED', at, 'what no other place names');
    }
    this.#seen.add(what);
  }

  addKey(publicKey: Uint8Array, at: string): void {
    this.add(`key ${formatHex(publicKey)}`, at);
  }
}

function mapBy<K, T>(items: readonly T[], keyOf: (item: T) => K): ReadonlyMap<K, T> {
  return new Map(items.map((item) => [keyOf(item), item]));
}

function instantOf(text: string, at: string): number {
  let instant = 0;
  checked(text, at, 'an RFC 3339 time', (time) => (instant = parseInstant(time)));
  return instant;
}

function checked(
  text: string,
  at: string,
  expected: string,
  parse: (text: string) => number,
): string {
  try {
    parse(text);
    return text;
  } catch (cause) {
    throw refuse('VERIFY_POLICY_MALFORMED', at, expected, cause);
  }
}

function refuseShape(at: string, expected: string): never {
  throw refuse('VERIFY_POLICY_MALFORMED', at, expected);
}

function refuse(code: VerifyCode, at: string, expected: string, cause?: unknown): CodedError {
  return isCodedError(cause)
    ? verifyError(code, `policy${at}: expected ${expected}`, { at, cause: cause.code }, { cause })
    : verifyError(code, `policy${at}: expected ${expected}`, { at }, { cause });
}
