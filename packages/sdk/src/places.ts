import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { SuiteName } from '@anchorlog/core';
import { parseAnchorFile } from '@anchorlog/evm-proof';
import {
  directoryTiles,
  fileGuard,
  readPublished,
  type LogStore,
  type SeenHead,
  type StoreReader,
} from '@anchorlog/log';
import { anchorNumbers, namesIn } from './anchor-files.ts';
import { guardPath, readConfig, type NotaryConfig } from './config.ts';

/** Where a notary's log is, and what has been seen of it, for who looks after it while the notary is closed. */
export interface NotaryPlaces {
  readonly origin: string;
  readonly suite: SuiteName;
  /** Folder of the store, or URL of its database. */
  readonly store: string;
  readonly isDatabase: boolean;
  /** Folder of the published files. */
  readonly tiles: string;
  readonly guard: string;
  /** Heads that guard, published checkpoint and anchor files hold. */
  readonly seen: readonly SeenHead[];
}

/** Find out where the log of a notary is. @throws SDK_NOT_INITIALIZED, SDK_CONFIG_MALFORMED, LOG_GUARD_MALFORMED, LOG_CHECKPOINT_MALFORMED, and as `parseAnchorFile` */
export async function notaryPlaces(notary: string): Promise<NotaryPlaces> {
  const dir = resolve(notary);
  const config = await readConfig(dir);
  const { origin, suite = 'sha256' } = config;
  const [guard, tiles] = [guardPath(dir, config), join(dir, 'tiles')];
  const guarded = await fileGuard(guard).read();
  const published = await readPublished(directoryTiles(tiles), origin);
  const seen: SeenHead[] = [
    ...(guarded ? [{ ...guarded, code: 'LOG_BEHIND_GUARD' } as const] : []),
    ...(published ? [{ ...published, code: 'LOG_BEHIND_CHECKPOINT' } as const] : []),
    ...(await anchoredHeads(join(tiles, 'anchors'))),
  ];
  return {
    origin,
    suite,
    ...storeOf(dir, config),
    tiles,
    guard,
    seen: seen.map(({ size, rootHash, code }) => ({ size, rootHash, code })),
  };
}

/** Tell where the log of the notary in a folder is kept. */
export function storeOf(
  dir: string,
  { store }: NotaryConfig,
): Pick<NotaryPlaces, 'store' | 'isDatabase'> {
  return { store: store ?? join(dir, 'log'), isDatabase: store !== undefined };
}

/** Give the store of a notary's log as what opens it for writing takes it: a folder, which it opens itself, or the store in a database. */
export async function storeToWrite({
  store,
  isDatabase,
}: Pick<NotaryPlaces, 'store' | 'isDatabase'>): Promise<string | LogStore> {
  if (!isDatabase) return store;
  const { openPostgresStore } = await import('@anchorlog/log/postgres');
  return openPostgresStore({ url: store });
}

/** Give the store of a notary's log for reading, beside its writer. */
export async function storeToRead({
  store,
  isDatabase,
}: Pick<NotaryPlaces, 'store' | 'isDatabase'>): Promise<string | StoreReader> {
  if (!isDatabase) return store;
  const { openPostgresReader } = await import('@anchorlog/log/postgres');
  return openPostgresReader({ url: store });
}

/** The newest head of each registry: the contract has checked that all before are prefixes of it. */
async function anchoredHeads(folder: string): Promise<SeenHead[]> {
  const heads: SeenHead[] = [];
  for (const registry of await namesIn(folder)) {
    const { newest } = await anchorNumbers(join(folder, registry));
    if (newest === 0) continue;
    const file = parseAnchorFile(await readFile(join(folder, registry, `${newest}.json`)));
    heads.push({ ...file.head, code: 'LOG_BEHIND_CHAIN' });
  }
  return heads;
}
