import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { LevelCheck } from '@anchorlog/core/level-check';
import { nodeLevelFolder } from '@anchorlog/core/node';
import { exists, syncFolder } from '@anchorlog/log/durable-file';
import { copyLevelDatabase } from '@anchorlog/log/level-copy';
import { readConfig } from './config.ts';
import { sdkError } from './error.ts';
import { vaultFault } from './vault.ts';

/** A backup of a vault that was taken. */
export interface VaultBackup {
  readonly files: number;
  readonly bytes: number;
}

/**
 * Back up the vault of the notary in `dir`, also while it runs, as the folder `to`, which must not be there: the folder of a vault, readable
 * by its owner alone, with every record that was acknowledged before the call. All of its tables are compared with their checksums. A crash
 * leaves no folder `to`, or a whole one. @throws SDK_NOT_INITIALIZED, SDK_BACKUP_EXISTS, SDK_VAULT_MISSING, SDK_VAULT_DAMAGED, SDK_VAULT_FAILED
 */
export async function backupVault(dir: string, to: string): Promise<VaultBackup> {
  await readConfig(resolve(dir));
  const vault = join(resolve(dir), 'vault');
  const target = resolve(to);
  if (await exists(target)) {
    throw sdkError('SDK_BACKUP_EXISTS', `${to} is there already: name a folder that is not`);
  }
  if (!(await exists(join(vault, 'CURRENT')))) {
    throw sdkError('SDK_VAULT_MISSING', `${vault} holds no vault`);
  }
  const part = `${target}.${process.pid}.part`;
  try {
    await mkdir(dirname(target), { recursive: true });
    await copyLevelDatabase(vault, part);
    await LevelCheck.of(nodeLevelFolder(part), Date.now());
    const backup = await syncAll(part);
    await rename(part, target);
    await syncFolder(dirname(target));
    return backup;
  } catch (cause) {
    await rm(part, { recursive: true, force: true });
    throw vaultFault(cause);
  }
}

/** Bring all files of a folder to disk. */
async function syncAll(folder: string): Promise<VaultBackup> {
  let bytes = 0;
  const names = await readdir(folder);
  for (const name of names) {
    const path = join(folder, name);
    await using file = await open(path, 'r+');
    await file.sync();
    bytes += (await stat(path)).size;
  }
  await syncFolder(folder);
  return { files: names.length, bytes };
}
