import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { addAdoptVault } from './adopt-vault.ts';
import { addMigrate } from './migrate.ts';

/** `anchorlog log migrate | adopt-vault`. */
export function addLog(program: Command, context: Context): void {
  const { say } = context;
  const log = program
    .command('log')
    .description(say('管理日志的存储', 'look after the store of a log'));
  addMigrate(log, context);
  addAdoptVault(log, context);
}
