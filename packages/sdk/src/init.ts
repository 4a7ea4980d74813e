import { mkdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import {
  FILE_LIMITS,
  formatInstant,
  parseJson,
  type JsonObject,
  type SuiteName,
} from '@anchorlog/core';
import { exists, writeDurably } from '@anchorlog/log/durable-file';
import { parseTrustPolicy } from '@anchorlog/verify';
import { chainsAfter, succeed } from './chain-history.ts';
import {
  formatConfig,
  guardPath,
  readConfig,
  writeConfig,
  type ChainSettings,
  type IssuerConfig,
  type NotaryConfig,
} from './config.ts';
import { sdkError } from './error.ts';
import { generateKeys, readKeys } from './keys.ts';
import { policyOf } from './policy.ts';
import { makeSecrets } from './secrets.ts';

/** What a new notary is told. */
export interface InitOptions {
  /** Folder, made if absent. */
  readonly dir: string;
  /** The log's unique name line, `example.gov/licenses`. It never changes. */
  readonly origin: string;
  /** Hash suite of the log and of its statements, for ever; `sha256` unless given. */
  readonly suite?: SuiteName | undefined;
  /** Whose statements it signs; the first is the operator of the log. */
  readonly issuers: readonly IssuerConfig[];
  /** Path of the high-water guard; beside the folder unless given. Best on another volume. */
  readonly guard?: string | undefined;
  /** What receipts promise, for ever: anchored within so many hours; 24 unless given. */
  readonly anchorByHours?: number | undefined;
  readonly batch?: { readonly intervalMs: number; readonly entries: number } | undefined;
  readonly chain?: ChainSettings | undefined;
  /** URL of a database that is to keep the log, in place of the folder `log`. */
  readonly store?: string | undefined;
  /** Milliseconds since 1970. */
  readonly clock?: (() => number) | undefined;
}

/** What a folder holds in which a notary has worked. */
const TRACES = ['vault', 'log', 'tiles', 'anchors'];

/**
 * Make a new notary: folder, keys, secrets, settings and the trust policy for its verifiers. Nothing that exists is overwritten; an attempt
 * that was cut off is taken up where it ended. @throws SDK_ALREADY_INITIALIZED, SDK_CONFIG_MALFORMED, SDK_KEY_MALFORMED, SDK_SECRETS_MALFORMED
 */
export async function initNotary(options: InitOptions): Promise<NotaryConfig> {
  const { origin, issuers, clock = Date.now } = options;
  const dir = resolve(options.dir);
  const config: NotaryConfig = {
    origin,
    suite: options.suite,
    issuers,
    guard: options.guard ?? join('..', `${basename(dir)}.guard.json`),
    anchorByHours: options.anchorByHours ?? 24,
    batch: options.batch ?? { intervalMs: 10_000, entries: 10_000 },
    chain: options.chain,
    store: options.store,
  };
  formatConfig(dir, config);
  await checkUnused(dir, config, options.dir);
  await mkdir(dir, { recursive: true });
  // The settings come last: a crash before leaves a folder that says "not initialized", and whose keys were never used.
  const keys = await generateKeys(dir, config);
  await makeSecrets(dir, origin);
  await writePolicy(dir, policyOf(config, keys, clock()));
  await writeConfig(dir, config, { exclusive: true });
  return config;
}

/**
 * Set the chain that an existing notary anchors on, in its settings and in its policy. Chains, registries and validators before it stay in the
 * policy, so that bundles of that time still verify (spec/notary §7).
 * @throws SDK_NOT_INITIALIZED, SDK_CONFIG_MALFORMED, and then nothing was changed
 */
export async function setChain(
  dir: string,
  chain: ChainSettings,
  clock: () => number = Date.now,
): Promise<NotaryConfig> {
  const before = await readConfig(dir);
  const config = { ...before, chain: succeed(before.chain, chain) };
  formatConfig(dir, config); // refused before anything is changed
  const earlier = await readPolicy(dir);
  const policy = earlier
    ? {
        ...earlier,
        date: formatInstant(clock()).slice(0, 10),
        chains: chainsAfter((earlier['chains'] ?? []) as JsonObject[], config.chain), // it was parsed
      }
    : policyOf(config, await readKeys(dir, config), clock());
  await writePolicy(dir, policy);
  await writeConfig(dir, config);
  return config;
}

/** @throws SDK_ALREADY_INITIALIZED */
async function checkUnused(dir: string, config: NotaryConfig, named: string): Promise<void> {
  const traces = ['notary.json', ...TRACES].map((name) => join(dir, name));
  for (const path of [...traces, guardPath(dir, config)]) {
    if (!(await exists(path))) continue;
    const message = `${named}: there is a notary already, or what is left of one (${basename(path)}); createNotary opens one that is there`;
    throw sdkError('SDK_ALREADY_INITIALIZED', message);
  }
}

/** The policy that is there, whatever else its operators have written into it; undefined if there is none. */
async function readPolicy(dir: string): Promise<JsonObject | undefined> {
  const path = join(dir, 'policy.json');
  if (!(await exists(path))) return undefined;
  const text = await readFile(path);
  checkPolicy(text);
  return parseJson(text, FILE_LIMITS) as JsonObject; // as was just checked
}

async function writePolicy(dir: string, policy: JsonObject): Promise<void> {
  checkPolicy(policy);
  await writeDurably(join(dir, 'policy.json'), `${JSON.stringify(policy, null, 2)}\n`);
}

function checkPolicy(policy: JsonObject | Uint8Array): void {
  try {
    parseTrustPolicy(policy);
  } catch (cause) {
    throw sdkError(
      'SDK_CONFIG_MALFORMED',
      'these settings give no sound trust policy',
      {},
      { cause },
    );
  }
}
