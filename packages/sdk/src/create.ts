import { join, resolve } from 'node:path';
import { formatBase64, formatUtf8 } from '@anchorlog/core';
import { nodeSha256 } from '@anchorlog/core/node';
import { createLog, directoryTiles, fileGuard } from '@anchorlog/log';
import { Anchoring } from './anchoring.ts';
import { Changes } from './changes.ts';
import { guardPath, parseChainUrl, readConfig, type NotaryConfig } from './config.ts';
import { sdkError } from './error.ts';
import { genesisRecord } from './genesis.ts';
import type { IntakeLimits } from './intake.ts';
import { Issuing } from './issuing.ts';
import { signerOf } from './key-file.ts';
import { readKeys } from './keys.ts';
import type { Notary } from './notary.ts';
import { OpenNotary } from './open-notary.ts';
import { reconcile } from './recovery.ts';
import { readSecrets, type Secrets } from './secrets.ts';
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

/**
 * Open the notary in a folder. Does not depend on the chain: while it is down, notarizing goes on and anchoring catches up later. A chain
 * that answers within two seconds is compared with the log.
 * @throws SDK_NOT_INITIALIZED, SDK_CONFIG_MALFORMED, SDK_KEY_MALFORMED, SDK_SECRETS_MALFORMED, SDK_NO_CHAIN, SDK_LOCKED, SDK_VAULT_MISMATCH,
 * SDK_VAULT_BEHIND, SDK_VAULT_DAMAGED, ANCHOR_JOURNAL_…, and as `createLog`
 */
export async function createNotary(options: NotaryOptions): Promise<Notary> {
  const dir = resolve(options.dir);
  const { clock = Date.now } = options;
  const limits = limitsOf(options);
  const config = withChainUrl(await readConfig(dir), options.chain);
  const keys = await readKeys(dir, config);
  const secrets = await readSecrets(dir);
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
    const { origin, chain } = config;
    const { org, system } = config.issuers[0]!; // there is one
    const operator = { org, system };
    const issuing = new Issuing({ origin, operator, keys, secrets, vault, clock });
    const anchoring =
      chain &&
      (await open(Anchoring.open({ dir, origin, chain, operator: keys.operator, clock, changes })));
    const log = await open(
      createLog({
        origin,
        store: join(dir, 'log'),
        signers: { checkpoint: signerOf(keys.checkpoint), receipt: signerOf(keys.receipt) },
        guard: fileGuard(guardPath(dir, config)),
        tiles: directoryTiles(join(dir, 'tiles')),
        knownHeads: await anchoring?.knownHeads(),
        clock,
        create: () => issuing.creation(genesisRecord(config, clock())),
      }),
    );
    await reconcile(vault, log);
    const checkpoint = await log.checkpoint();
    const parts = { config, secrets, vault, log, issuing, anchoring, limits, checkpoint };
    return new OpenNotary({ ...parts, changes, clock });
  } catch (error) {
    for (const part of opened.toReversed()) await part.close().catch(() => undefined);
    throw error;
  }
}

function limitsOf({ queue }: NotaryOptions): IntakeLimits {
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

/** Name whose vault it is, without telling the secret: ids made with another one would not recognise a retry. */
function ownerOf({ origin }: NotaryConfig, { id }: Secrets): string {
  const mark = nodeSha256.hmac(id, formatUtf8('anchorlog/vault/1'));
  return JSON.stringify({ format: 'anchorlog/vault/1', origin, mark: formatBase64(mark) });
}
