import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  FILE_LIMITS,
  ShapeReader,
  parseJson,
  type JsonObject,
  type JsonValue,
} from '@anchorlog/core';
import { writeDurably } from './durable-file.ts';
import { sdkError } from './error.ts';

/** An organisation's system that this notary issues statements for. */
export interface IssuerConfig {
  readonly org: string;
  readonly system: string;
  /** Shown to people through the trust policy; never logged. */
  readonly name?: { readonly zh: string; readonly en: string } | undefined;
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
  /** Milliseconds between blocks, as far as known: sets the polling interval. */
  readonly blockTimeMs: number;
}

/** A notary's settings, `notary.json` (spec/notary §2). */
export interface NotaryConfig {
  /** The log's unique name line. */
  readonly origin: string;
  readonly issuers: readonly IssuerConfig[];
  /** Path of the high-water guard, outside the notary's folder; relative ones from that folder. */
  readonly guard: string;
  /** What a receipt promises for ever: anchored within so many hours. */
  readonly anchorByHours: number;
  /** A batch closes after so many milliseconds, or so many entries. */
  readonly batch: { readonly intervalMs: number; readonly entries: number };
  readonly chain?: ChainSettings | undefined;
}

const FORMAT = 'anchorlog/notary/1';

const shape = new ShapeReader((at, expected) => {
  throw sdkError('SDK_CONFIG_MALFORMED', `notary.json: expected ${expected} at ${at || '/'}`, {
    at,
  });
});

const ORIGIN = /^[a-z0-9.-]{1,100}(?:\/[a-z0-9._-]{1,100}){0,4}$/;
const ORG = /^[0-9A-Z]{18}$/;
const SYSTEM = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** Read the settings of the notary in `dir`. @throws SDK_NOT_INITIALIZED, SDK_CONFIG_MALFORMED, CORE_JSON_… */
export async function readConfig(dir: string): Promise<NotaryConfig> {
  let text: Uint8Array;
  try {
    text = await readFile(join(dir, 'notary.json'));
  } catch (cause) {
    throw sdkError(
      'SDK_NOT_INITIALIZED',
      'no notary.json in this folder: run anchorlog init first',
      {},
      { cause },
    );
  }
  return parseConfig(parseJson(text, FILE_LIMITS));
}

/** Write the settings of the notary in `dir`. */
export async function writeConfig(dir: string, config: NotaryConfig): Promise<void> {
  const text = JSON.stringify({ format: FORMAT, ...config }, null, 2);
  parseConfig(parseJson(text, FILE_LIMITS));
  await writeDurably(join(dir, 'notary.json'), `${text}\n`);
}

function parseConfig(value: JsonValue): NotaryConfig {
  const config = shape.object(value, '', {
    required: ['format', 'origin', 'issuers', 'guard', 'anchorByHours', 'batch'],
    optional: ['chain'],
  });
  shape.word(config['format'], '/format', [FORMAT]);
  const batch = shape.object(config['batch'], '/batch', { required: ['intervalMs', 'entries'] });
  return {
    origin: shape.string(config['origin'], '/origin', ORIGIN, 'a host name and path in lower case'),
    issuers: shape.array(config['issuers'], '/issuers', 1000, parseIssuer),
    guard: shape.string(config['guard'], '/guard', /./),
    anchorByHours: shape.size(config['anchorByHours'], '/anchorByHours'),
    batch: {
      intervalMs: shape.size(batch['intervalMs'], '/batch/intervalMs'),
      entries: shape.size(batch['entries'], '/batch/entries'),
    },
    chain: config['chain'] === undefined ? undefined : parseChain(config['chain']),
  };
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
  return { zh: shape.string(name['zh'], `${at}/zh`), en: shape.string(name['en'], `${at}/en`) };
}

function parseChain(value: JsonValue): ChainSettings {
  const at = '/chain';
  const chain = shape.object(value, at, {
    required: ['url', 'chainId', 'contract', 'codeHash', 'validators', 'fromBlock', 'blockTimeMs'],
  });
  const address = /^0x[0-9a-f]{40}$/;
  return {
    url: shape.string(chain['url'], `${at}/url`, /^https?:\/\//, 'an http or https URL'),
    chainId: shape.size(chain['chainId'], `${at}/chainId`),
    contract: shape.string(chain['contract'], `${at}/contract`, address, 'a 0x address'),
    codeHash: shape.string(chain['codeHash'], `${at}/codeHash`, /^0x[0-9a-f]{64}$/, 'a 0x hash'),
    validators: shape.array(chain['validators'], `${at}/validators`, 1000, (item, place) =>
      shape.string(item, place, address, 'a 0x address'),
    ),
    fromBlock: shape.size(chain['fromBlock'], `${at}/fromBlock`),
    blockTimeMs: shape.size(chain['blockTimeMs'], `${at}/blockTimeMs`),
  };
}
