import { mkdir, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { formatInstant } from '@anchorlog/core';
import { nodeSuite } from '@anchorlog/core/node';
import type { Predecessor } from '@anchorlog/log';
import { ORG, SYSTEM, readConfig, type IssuerConfig } from './config.ts';
import { Courier, type RetryTimes } from './courier.ts';
import type { Emitter, EmitterTarget } from './emitter.ts';
import { sdkError } from './error.ts';
import { Intake } from './intake.ts';
import { Issuing, type SequenceCounter } from './issuing.ts';
import { issuerName } from './issuer.ts';
import { readIssuerKey } from './keys.ts';
import { OpenEmitter } from './open-emitter.ts';
import { readProfiles } from './own-profiles.ts';
import { Outbox } from './outbox.ts';
import { readSecrets } from './secrets.ts';
import { ownerOf } from './vault-owner.ts';
import { Vault } from './vault.ts';

/** How an emitter is opened. */
export interface EmitterOptions {
  /** Folder of its own, made if absent; on a local disk. */
  readonly dir: string;
  /** `<system>/<suffix>` or `<org>/<system>/<suffix>`: whose statements these are, and which of its sources. For ever. */
  readonly source: string;
  /** Where they go: a notary, or what reaches one. */
  readonly to: EmitterTarget & { readonly dir?: string | undefined };
  /** Folder of a notary, from whose `keys` the key of the issuer and the secrets are read: that of `to` unless given. */
  readonly keys?: string | undefined;
  /** The source that this one takes the place of, if what kept its numbers was lost: `last` is the last number that the log has. */
  readonly predecessor?: Predecessor | undefined;
  /** Bytes that may wait for the log: 1 GiB, and what is being journalled meanwhile. Beyond that `emit` throws SDK_OUTBOX_FULL. */
  readonly maxBytes?: number | undefined;
  /** Records that may wait to be journalled at most: 16,384, and 64 MiB of them. Beyond that `emit` throws SDK_BUSY. */
  readonly queue?:
    | { readonly maxRecords?: number | undefined; readonly maxBytes?: number | undefined }
    | undefined;
  /** How long to wait before what did not arrive is sent again: 100 ms at first, 30 s at most. */
  readonly retry?: Partial<RetryTimes> | undefined;
  /** Milliseconds since 1970. */
  readonly clock?: (() => number) | undefined;
}

const SUFFIX = /^[0-9A-Za-z][0-9A-Za-z._-]{0,31}$/;
const MAX_WAITING_BYTES = 2 ** 30;
const MAX_RECORDS = 16_384;
const MAX_BYTES = 2 ** 26;
const MAX_FILE_BYTES = 2 ** 30;

/**
 * Open the outbox of a source in a folder, or make it. Does not depend on the log: what is emitted while it is away is sent when it is back.
 * @throws SDK_SOURCE_MALFORMED, SDK_KEY_MALFORMED, SDK_SECRETS_MALFORMED, SDK_NOT_INITIALIZED, SDK_CONFIG_MALFORMED, SDK_LOCKED, SDK_VAULT_MISMATCH,
 * SDK_VAULT_DAMAGED, SDK_VAULT_FAILED
 */
export async function createEmitter(options: EmitterOptions): Promise<Emitter> {
  const { to, clock = Date.now } = options;
  const limits = limitsOf(options);
  const keysOf = options.keys ?? to.dir;
  if (keysOf === undefined) throw new TypeError('keys: expected a folder, as `to` has none');
  const { source, issuer } = await sourceOf(options.source, keysOf);
  const keys = { issuers: new Map([[issuerName(issuer), await readIssuerKey(keysOf, issuer)]]) };
  const secrets = await readSecrets(keysOf);
  const profiles = await readProfiles(keysOf, await readConfig(keysOf));
  const { origin } = to;
  const suite = nodeSuite(to.suite);
  await mkdir(resolve(options.dir), { recursive: true, mode: 0o700 });
  // As with a notary: the database knows by the path that it is open in this process already.
  const dir = await realpath(options.dir);
  const vault = await Vault.open(join(dir, 'vault'), ownerOf({ origin, source }, secrets));
  try {
    const sequence: SequenceCounter = { source, next: vault.next };
    const issuers = [issuer];
    const world = { origin, suite, issuers, profiles, keys, secrets, vault, clock, sequence };
    const issuing = new Issuing(world);
    // A crash before it is durable leaves an empty vault, and another opening in its place, which nobody has seen.
    if (vault.isEmpty) await issuing.own(openingOf(source, options.predecessor, clock()));
    const outbox = await Outbox.open(vault, limits.maxWaitingBytes);
    const intake = new Intake({ issuing, vault, limits, onward: outbox });
    const { retry } = limits;
    const courier = new Courier({ outbox, to, issuing, source, clock, retry });
    return new OpenEmitter({ source, issuer, vault, issuing, outbox, intake, courier, to, clock });
  } catch (error) {
    await vault.close().catch(() => undefined); // the first trouble is the one to tell
    throw error;
  }
}

/** The record of number 0 (spec/log §18.1). */
function openingOf(source: string, predecessor: Predecessor | undefined, now: number): object {
  return {
    profile: 'log/1',
    event: 'source.open',
    key: `source.open/${source.slice(source.lastIndexOf('/') + 1)}`,
    eventTime: formatInstant(now),
    claims: {
      source,
      ...(predecessor && {
        predecessorSource: predecessor.source,
        predecessorLast: predecessor.last,
      }),
    },
  };
}

/** Find out whose source it is. @throws SDK_SOURCE_MALFORMED, SDK_NOT_INITIALIZED, SDK_CONFIG_MALFORMED */
async function sourceOf(
  name: string,
  keysOf: string,
): Promise<{ readonly source: string; readonly issuer: IssuerConfig }> {
  const parts = name.split('/');
  const [suffix = '', system = '', org = await orgOf(system, keysOf)] = parts.toReversed();
  if (parts.length > 3 || !SUFFIX.test(suffix) || !SYSTEM.test(system) || !ORG.test(org)) {
    throw sdkError('SDK_SOURCE_MALFORMED', 'source: expected [<org>/]<system>/<suffix>');
  }
  return { source: `${org}/${system}/${suffix}`, issuer: { org, system } };
}

/** The organisation that has a system of this name, where only one has. */
async function orgOf(system: string, keysOf: string): Promise<string> {
  const { issuers } = await readConfig(keysOf);
  const [only, ...others] = issuers.filter((issuer) => issuer.system === system);
  if (only && others.length === 0) return only.org;
  throw sdkError(
    'SDK_SOURCE_MALFORMED',
    `source: ${others.length + (only ? 1 : 0)} organisations have this system: name one in front of it`,
  );
}

function limitsOf({ maxBytes, queue, retry }: EmitterOptions): {
  readonly maxWaitingBytes: number;
  readonly maxRecords: number;
  readonly maxBytes: number;
  readonly maxFileBytes: number;
  readonly retry: RetryTimes;
} {
  const limits = {
    maxWaitingBytes: maxBytes ?? MAX_WAITING_BYTES,
    maxRecords: queue?.maxRecords ?? MAX_RECORDS,
    maxBytes: queue?.maxBytes ?? MAX_BYTES,
    maxFileBytes: MAX_FILE_BYTES,
    leastMs: retry?.leastMs ?? 100,
    mostMs: retry?.mostMs ?? 30_000,
  };
  for (const [name, value] of Object.entries(limits)) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`${name}: expected an integer from 1 on`);
    }
  }
  return { ...limits, retry: limits };
}
