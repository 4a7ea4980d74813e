import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { isCodedError } from '@anchorlog/core';
import { nodeEd25519, nodeSuite } from '@anchorlog/core/node';
import { createLog, directoryTiles, fileGuard, type Log, type LogCheckpoint } from '@anchorlog/log';
import { noteKey, openCheckpoint } from '@anchorlog/tlog';
import { adopt, type VaultAdoption } from './adopt.ts';
import { Anchoring } from './anchoring.ts';
import { Changes } from './changes.ts';
import { guardPath, parseChainUrl, readConfig, type NotaryConfig } from './config.ts';
import { sdkError } from './error.ts';
import { FormerAnchors } from './former-anchors.ts';
import { genesisRecord } from './genesis.ts';
import type { IntakeLimits } from './intake.ts';
import { Issuing } from './issuing.ts';
import { signerOf, type KeyFile } from './key-file.ts';
import { readKeys } from './keys.ts';
import type { Notary } from './notary.ts';
import { OpenNotary } from './open-notary.ts';
import { readProfiles } from './own-profiles.ts';
import { storeOf, storeToWrite } from './places.ts';
import { reconcile } from './recovery.ts';
import { registerProfiles } from './register-profiles.ts';
import { readSecrets } from './secrets.ts';
import { ownerOf } from './vault-owner.ts';
import { Vault } from './vault.ts';

/** How a notary is opened. */
export interface NotaryOptions {
  /** Folder made by `initNotary` or `anchorlog init`. */
  readonly dir: string;
  /** URL of the chain's JSON-RPC endpoint, in place of the one in the settings. */
  readonly chain?: string | undefined;
  /** Records that may wait for their receipts at most: 16,384, and 64 MiB of them. Beyond that `notarize` throws SDK_BUSY. */
  readonly queue?:
    | { readonly maxRecords?: number | undefined; readonly maxBytes?: number | undefined }
    | undefined;
  /** Milliseconds since 1970. */
  readonly clock?: (() => number) | undefined;
}

const MAX_RECORDS = 16_384;
const MAX_BYTES = 2 ** 26;
const MAX_FILE_BYTES = 2 ** 30;

/**
 * Open the notary in a folder. Does not depend on the chain: while it is down, notarizing goes on and anchoring catches up later. A chain
 * that answers within two seconds is compared with the log.
 * @throws SDK_NOT_INITIALIZED, SDK_CONFIG_MALFORMED, SDK_KEY_MALFORMED, SDK_SECRETS_MALFORMED, SDK_NO_CHAIN, SDK_LOCKED, SDK_VAULT_MISMATCH,
 * SDK_VAULT_MISSING, SDK_VAULT_BEHIND, SDK_LOG_BEHIND, SDK_VAULT_DAMAGED, SDK_VAULT_FAILED, SDK_PROFILE_MALFORMED, SDK_PROFILE_CHANGED, ANCHOR_JOURNAL_…, and as
 * `createLog`
 */
export async function createNotary(options: NotaryOptions): Promise<Notary> {
  return openNotary(options, async () => undefined);
}

/**
 * Go on with a vault that is behind its log, or gone, when no newer copy of it is left: notes all entries that it lacks as lost, and tells
 * which. The notary must be closed; afterwards it opens as usual. Nothing in the log changes. @throws as `createNotary`
 */
export async function adoptVault(options: NotaryOptions): Promise<VaultAdoption> {
  let adoption: VaultAdoption | undefined;
  const notary = await openNotary(options, async (vault, log) => {
    adoption = await adopt(vault, log);
  });
  await notary.close();
  return adoption!; // or opening had failed
}

async function openNotary(
  options: NotaryOptions,
  beforehand: (vault: Vault, log: Log) => Promise<void>,
): Promise<Notary> {
  const { clock = Date.now } = options;
  const config = withChainUrl(await readConfig(options.dir), options.chain);
  const limits = {
    ...queueLimitsOf(options),
    maxFileBytes: config.files?.maxBytes ?? MAX_FILE_BYTES,
  };
  // The databases know by the path that they are open in this process already: one folder must not have two.
  const dir = await realpath(options.dir);
  const keys = await readKeys(dir, config);
  const secrets = await readSecrets(dir);
  const profiles = await readProfiles(dir, config);
  const changes = new Changes();
  // In the order of opening. What goes wrong closes what was opened, in the other order.
  const opened: { close(): Promise<void> }[] = [];
  const open = async <T extends { close(): Promise<void> }>(opening: Promise<T>): Promise<T> => {
    const part = await opening;
    opened.push(part);
    return part;
  };
  try {
    // The vault's lock is that of the whole folder.
    const vault = await open(Vault.open(join(dir, 'vault'), ownerOf(config, secrets)));
    const { origin, suite = 'sha256', chain, issuers } = config;
    const issuing = new Issuing({
      origin,
      suite: nodeSuite(suite),
      issuers,
      profiles,
      keys,
      secrets,
      vault,
      clock,
    });
    const anchoring =
      chain &&
      (await open(
        Anchoring.open({ dir, origin, suite, chain, operator: keys.operator, clock, changes }),
      ));
    const knownHeads = await anchoring?.knownHeads();
    const log = await open(
      createLog({
        origin,
        suite,
        store: await storeToWrite(storeOf(dir, config)),
        signers: { checkpoint: signerOf(keys.checkpoint), receipt: signerOf(keys.receipt) },
        guard: fileGuard(guardPath(dir, config)),
        tiles: directoryTiles(join(dir, 'tiles')),
        knownHeads,
        clock,
        create: () => issuing.creation(genesisRecord(config, clock())),
      }),
    );
    await beforehand(vault, log);
    await reconcile(vault, log);
    const registered = await registerProfiles({ profiles, issuers, issuing, log, clock });
    if (registered > 0) await reconcile(vault, log); // which brings them into the log
    const checkpoint = await log.checkpoint();
    checkSignedBy(keys.checkpoint, checkpoint);
    const former = await FormerAnchors.open(dir, chain);
    const parts = {
      dir,
      config,
      profiles,
      former,
      secrets,
      vault,
      log,
      issuing,
      anchoring,
      limits,
      checkpoint,
    };
    return new OpenNotary({ ...parts, changes, clock });
  } catch (error) {
    for (const part of opened.toReversed()) await part.close().catch(() => undefined);
    throw error;
  }
}

function queueLimitsOf({ queue }: NotaryOptions): Omit<IntakeLimits, 'maxFileBytes'> {
  const limits = {
    maxRecords: queue?.maxRecords ?? MAX_RECORDS,
    maxBytes: queue?.maxBytes ?? MAX_BYTES,
  };
  for (const [name, value] of Object.entries(limits)) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`${name}: expected an integer from 1 on`);
    }
  }
  return limits;
}

/** @throws SDK_NO_CHAIN, SDK_CONFIG_MALFORMED */
function withChainUrl(config: NotaryConfig, url: string | undefined): NotaryConfig {
  if (url === undefined) return config;
  if (!config.chain) {
    throw sdkError('SDK_NO_CHAIN', 'notary.json pins no chain whose URL could be another');
  }
  return { ...config, chain: { ...config.chain, url: parseChainUrl(url, '/chain/url') } };
}

/** What another key signs from now on no verifier of this log accepts. @throws SDK_KEY_MALFORMED */
function checkSignedBy(key: KeyFile, checkpoint: LogCheckpoint | undefined): void {
  if (!checkpoint) return;
  const { publicKey } = signerOf(key);
  try {
    const pinned = { origin: key.name, key: noteKey({ name: key.name, publicKey }) };
    openCheckpoint(checkpoint.note, pinned, nodeEd25519);
  } catch (cause) {
    if (!isCodedError(cause)) throw cause;
    throw sdkError(
      'SDK_KEY_MALFORMED',
      'key file: the checkpoint key is another than the one that signed the newest checkpoint: put that one back',
      {},
      { cause },
    );
  }
}
