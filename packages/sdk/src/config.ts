import { readFile } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import {
  FILE_LIMITS,
  ShapeReader,
  parseJson,
  type JsonObject,
  type JsonValue,
  type SuiteName,
} from '@anchorlog/core';
import { hasCode, writeDurably } from '@anchorlog/log/durable-file';
import { sdkError } from './error.ts';
import { parseNamed } from './named-json.ts';
import { writeNewFile } from './new-file.ts';

/** An organisation's system that this notary issues statements for. */
export interface IssuerConfig {
  readonly org: string;
  readonly system: string;
  /** Shown to people through the trust policy; never logged. */
  readonly name?: { readonly zh: string; readonly en: string } | undefined;
}

/** Validators of the chain that were replaced. */
export interface FormerValidators {
  readonly fromBlock: number;
  /** The last block that they sealed. */
  readonly untilBlock: number;
  readonly validators: readonly string[];
}

/** The chain that the log is anchored on, as pinned when it was set up. */
export interface ChainSettings {
  readonly url: string;
  readonly chainId: number;
  /** `0x` address of the AnchorRegistry. */
  readonly contract: string;
  /** `0x` keccak256 of its runtime code. */
  readonly codeHash: string;
  /** `0x` addresses of the validators whose seals count, from block `fromBlock` on. */
  readonly validators: readonly string[];
  readonly fromBlock: number;
  /** Those whose seals counted before, oldest first. */
  readonly formerValidators?: readonly FormerValidators[] | undefined;
  /** Milliseconds between blocks, as far as known: sets the polling interval. */
  readonly blockTimeMs: number;
}

/** A notary's settings, `notary.json` (spec/notary §2). */
export interface NotaryConfig {
  /** The log's unique name line. */
  readonly origin: string;
  /** Hash suite of the log and of its statements, for ever; `sha256` unless given. */
  readonly suite?: SuiteName | undefined;
  readonly issuers: readonly IssuerConfig[];
  /** Path of the high-water guard, outside the notary's folder; relative ones from that folder. */
  readonly guard: string;
  /** What a receipt promises for ever: anchored within so many hours. */
  readonly anchorByHours: number;
  /** A batch closes after so many milliseconds, or so many entries. */
  readonly batch: { readonly intervalMs: number; readonly entries: number };
  readonly chain?: ChainSettings | undefined;
  /** Files of records that are larger are refused; 1 GiB unless given. */
  readonly files?: { readonly maxBytes: number } | undefined;
  /** URL of the database that keeps the log, without a password; the folder `log` keeps it unless given. */
  readonly store?: string | undefined;
  /** Files of profiles of its own, relative to the notary's folder and in it. */
  readonly profiles?: readonly string[] | undefined;
}

const FORMAT = 'anchorlog/notary/1';

const shape = new ShapeReader((at, expected) => {
  throw malformed(at, expected);
});

export const ORIGIN: RegExp = /^[a-z0-9.-]{1,100}(?:\/[a-z0-9._-]{1,100}){0,4}$/;
export const ORG: RegExp = /^[0-9A-Z]{18}$/;
export const SYSTEM: RegExp = /^[a-z0-9][a-z0-9._-]{0,63}$/;
/** As trust policies have it (spec/policy §4). */
const TITLE = /^[^\p{Cc}\p{Surrogate}]{1,200}$/u;
const ADDRESS = /^0x[0-9a-f]{40}$/;
const HASH = /^0x[0-9a-f]{64}$/;

const PROFILE_PATH = /^(?!.*\.\.)[0-9A-Za-z][0-9A-Za-z._-]*(?:\/[0-9A-Za-z][0-9A-Za-z._-]*){0,4}$/;
const PROFILES_LIMIT = 256;

const HOURS_PER_YEAR = 8760;
const DAY_MS = 86_400_000;

/** Read the settings of the notary in `dir`. @throws SDK_NOT_INITIALIZED, SDK_CONFIG_MALFORMED, CORE_JSON_… */
export async function readConfig(dir: string): Promise<NotaryConfig> {
  const path = join(dir, 'notary.json');
  let text: Uint8Array;
  try {
    text = await readFile(path);
  } catch (cause) {
    if (!hasCode(cause, 'ENOENT') && !hasCode(cause, 'ENOTDIR')) throw cause;
    throw sdkError(
      'SDK_NOT_INITIALIZED',
      'no notary.json in this folder: run anchorlog init first',
      {},
      { cause },
    );
  }
  return parseConfig(parseNamed(text, path), dir);
}

/** Check settings, and give the text of the file that holds them. @throws SDK_CONFIG_MALFORMED, CORE_JSON_… */
export function formatConfig(dir: string, config: NotaryConfig): string {
  const text = `${JSON.stringify({ format: FORMAT, ...config }, null, 2)}\n`;
  parseConfig(parseJson(text, FILE_LIMITS), dir);
  return text;
}

/** Write the settings of the notary in `dir`; with `exclusive` only where there are none. @throws as `formatConfig`, SDK_ALREADY_INITIALIZED */
export async function writeConfig(
  dir: string,
  config: NotaryConfig,
  options: { readonly exclusive?: boolean } = {},
): Promise<void> {
  const [path, text] = [join(dir, 'notary.json'), formatConfig(dir, config)];
  if (options.exclusive) await writeNewFile(path, text);
  else await writeDurably(path, text);
}

/** Give the path of the guard, which relative ones begin at the notary's folder. */
export function guardPath(dir: string, config: Pick<NotaryConfig, 'guard'>): string {
  return resolve(dir, config.guard);
}

function parseConfig(json: JsonValue, dir: string): NotaryConfig {
  const config = shape.object(json, '', {
    required: ['format', 'origin', 'issuers', 'guard', 'anchorByHours', 'batch'],
    optional: ['suite', 'chain', 'files', 'store', 'profiles'],
  });
  shape.word(config['format'], '/format', [FORMAT]);
  const batch = shape.object(config['batch'], '/batch', { required: ['intervalMs', 'entries'] });
  const issuers = shape.array(config['issuers'], '/issuers', 1000, parseIssuer);
  if (issuers.length === 0) throw malformed('/issuers', 'at least one');
  checkEachOnce(
    issuers.map(({ org, system }) => `${org}/${system}`),
    '/issuers',
  );
  return {
    origin: shape.string(config['origin'], '/origin', ORIGIN, 'a host name and path in lower case'),
    suite: config['suite'] === undefined ? undefined : parseSuite(config['suite']),
    issuers,
    guard: parseGuard(config['guard'], dir),
    anchorByHours: between(config['anchorByHours'], '/anchorByHours', [1, HOURS_PER_YEAR]),
    batch: {
      intervalMs: between(batch['intervalMs'], '/batch/intervalMs', [1, DAY_MS]),
      entries: between(batch['entries'], '/batch/entries', [1, Number.MAX_SAFE_INTEGER]),
    },
    chain: config['chain'] === undefined ? undefined : parseChain(config['chain']),
    files: config['files'] === undefined ? undefined : parseFiles(config['files']),
    store: config['store'] === undefined ? undefined : parseStore(config['store']),
    profiles: config['profiles'] === undefined ? undefined : parseProfiles(config['profiles']),
  };
}

function parseSuite(value: JsonValue): SuiteName {
  return shape.word(value, '/suite', ['sha256', 'sm3']);
}

/** A guard in the notary's folder would be put back together with it, and guard nothing. */
function parseGuard(value: JsonValue | undefined, dir: string): string {
  const guard = shape.string(value, '/guard', /^[^\0]{1,4096}$/, 'a path');
  const path = relative(resolve(dir), guardPath(dir, { guard }));
  if (!isAbsolute(path) && path.split(sep)[0] !== '..')
    throw malformed('/guard', 'a path outside the folder of the notary');
  return guard;
}

function parseFiles(value: JsonValue): { maxBytes: number } {
  const files = shape.object(value, '/files', { required: ['maxBytes'] });
  const range = [1, Number.MAX_SAFE_INTEGER - 1] as const;
  return { maxBytes: between(files['maxBytes'], '/files/maxBytes', range) };
}

/** In the folder, so that they go where it goes. */
function parseProfiles(value: JsonValue): string[] {
  const paths = shape.array(value, '/profiles', PROFILES_LIMIT, (item, at) =>
    shape.string(item, at, PROFILE_PATH, 'a path in the folder of the notary'),
  );
  checkEachOnce(paths, '/profiles');
  return paths;
}

/** What else it must be is found out when it is opened. A password in it would be shown wherever settings are. */
function parseStore(value: JsonValue): string {
  const url = shape.string(value, '/store', /^postgresql:\/\/[^\0]{1,4096}$/, 'a postgresql URL');
  if (/^[^/]*\/\/[^@/]*:[^@/]*@|[?&]password=/.test(url)) {
    throw malformed('/store', 'a URL without a password, which belongs into PGPASSWORD');
  }
  return url;
}

function parseIssuer(value: JsonValue, at: string): IssuerConfig {
  const issuer = shape.object(value, at, { required: ['org', 'system'], optional: ['name'] });
  return {
    org: shape.string(
      issuer['org'],
      `${at}/org`,
      ORG,
      'a unified social credit code of 18 characters',
    ),
    system: shape.string(issuer['system'], `${at}/system`, SYSTEM, 'a lower-case system name'),
    name: issuer['name'] === undefined ? undefined : parseName(issuer['name'], `${at}/name`),
  };
}

function parseName(value: JsonValue, at: string): { zh: string; en: string } {
  const name: JsonObject = shape.object(value, at, { required: ['zh', 'en'] });
  const title = (language: string): string =>
    shape.string(name[language], `${at}/${language}`, TITLE, '1 to 200 printable characters');
  return { zh: title('zh'), en: title('en') };
}

function parseChain(value: JsonValue): ChainSettings {
  const at = '/chain';
  const chain = shape.object(value, at, {
    required: ['url', 'chainId', 'contract', 'codeHash', 'validators', 'fromBlock', 'blockTimeMs'],
    optional: ['formerValidators'],
  });
  const validators = parseValidators(chain['validators'], `${at}/validators`);
  const fromBlock = shape.size(chain['fromBlock'], `${at}/fromBlock`);
  const former = chain['formerValidators'];
  return {
    url: parseChainUrl(chain['url'], `${at}/url`),
    chainId: between(chain['chainId'], `${at}/chainId`, [1, Number.MAX_SAFE_INTEGER]),
    contract: shape.string(
      chain['contract'],
      `${at}/contract`,
      ADDRESS,
      'a 0x address in lower case',
    ),
    codeHash: shape.string(chain['codeHash'], `${at}/codeHash`, HASH, 'a 0x hash in lower case'),
    validators,
    fromBlock,
    ...(former !== undefined && {
      formerValidators: parseFormer(former, `${at}/formerValidators`, fromBlock),
    }),
    blockTimeMs: between(chain['blockTimeMs'], `${at}/blockTimeMs`, [1, DAY_MS]),
  };
}

function parseValidators(value: JsonValue | undefined, at: string): string[] {
  const validators = shape.array(value, at, 256, (item, place) =>
    shape.string(item, place, ADDRESS, 'a 0x address in lower case'),
  );
  if (validators.length === 0) throw malformed(at, 'at least one');
  checkEachOnce(validators, at);
  return validators;
}

/** No height has two sets: each begins after the one before, and the set in office after all. */
function parseFormer(value: JsonValue, at: string, inOfficeFrom: number): FormerValidators[] {
  const members = { required: ['fromBlock', 'untilBlock', 'validators'] };
  const sets = shape.array(value, at, 1000, (item, place): FormerValidators => {
    const set = shape.object(item, place, members);
    return {
      fromBlock: shape.size(set['fromBlock'], `${place}/fromBlock`),
      untilBlock: shape.size(set['untilBlock'], `${place}/untilBlock`),
      validators: parseValidators(set['validators'], `${place}/validators`),
    };
  });
  for (const [i, { fromBlock, untilBlock }] of sets.entries()) {
    const next = sets[i + 1]?.fromBlock ?? inOfficeFrom;
    if (fromBlock > untilBlock || untilBlock >= next) {
      throw malformed(`${at}/${i}`, 'blocks before those of the next set');
    }
  }
  return sets;
}

/** Read the URL of a JSON-RPC endpoint. @throws SDK_CONFIG_MALFORMED */
export function parseChainUrl(value: JsonValue | undefined, at: string): string {
  const url = shape.string(value, at);
  const { protocol, username, password } = new URL(URL.canParse(url) ? url : 'none:');
  if (protocol !== 'http:' && protocol !== 'https:') throw malformed(at, 'an http or https URL');
  // Requests to such a URL cannot be made, and it would be shown where a password must not.
  if (username !== '' || password !== '') throw malformed(at, 'a URL without user and password');
  return url;
}

function between(
  value: JsonValue | undefined,
  at: string,
  [least, most]: readonly [number, number],
): number {
  const size = shape.size(value, at);
  if (size < least || size > most) throw malformed(at, `${least} to ${most}`);
  return size;
}

function checkEachOnce(names: readonly string[], at: string): void {
  if (new Set(names).size !== names.length) throw malformed(at, 'each only once');
}

function malformed(at: string, expected: string): Error {
  return sdkError('SDK_CONFIG_MALFORMED', `notary.json: expected ${expected} at ${at || '/'}`, {
    at,
  });
}
