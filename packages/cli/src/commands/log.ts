import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { addAdoptVault } from './adopt-vault.ts';
import { addBackup } from './backup.ts';
import { addBackupVault } from './backup-vault.ts';
import { addCompact } from './compact.ts';
import { addMigrate } from './migrate.ts';
import { addRefill } from './refill.ts';
import { addRestore } from './restore.ts';
import { addWithhold } from './withhold.ts';

const ADD = [
  addBackup,
  addBackupVault,
  addRestore,
  addRefill,
  addCompact,
  addWithhold,
  addMigrate,
  addAdoptVault,
] as const;

/** `anchorlog log …`: what looks after the log of a notary, and its store. */
export function addLog(program: Command, context: Context): void {
  const { say } = context;
  const log = program
    .command('log')
    .description(say('管理日志的存储', 'look after the store of a log'));
  for (const add of ADD) add(log, context);
}
