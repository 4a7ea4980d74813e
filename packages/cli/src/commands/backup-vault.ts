import type { Command } from 'commander';
import { outputOf, type Context } from '../context.ts';
import { count } from '../progress.ts';

/** `anchorlog log backup-vault TO`: copy the vault of a notary, also while it runs. */
export function addBackupVault(log: Command, context: Context): void {
  const { say } = context;
  log
    .command('backup-vault')
    .description(
      say(
        '备份保管库，存证器不必停；每次都是完整的一份',
        'back the vault of a notary up, also while it runs; each time all of it',
      ),
    )
    .argument('<to>', say('新的文件夹', 'folder of the backup, which must not be there'))
    .requiredOption('--dir <dir>', say('存证器的文件夹', 'folder of the notary'))
    .action(async (to: string, flags: { readonly dir: string }, command: Command) => {
      const output = outputOf(command, context);
      const { backupVault } = await import('@anchorlog/sdk');
      const { files, bytes } = await backupVault(flags.dir, to);
      await output.result(
        { to, files, bytes },
        [
          say(
            `✔ ${to}：备份完成，${count(files)} 个文件，${count(bytes)} 字节`,
            `✔ ${to}: backed up, ${count(files)} files, ${count(bytes)} bytes`,
          ),
          say(
            '  它能打开条目：请与密钥同样保管',
            '  it opens the entries: keep it as you keep the keys',
          ),
        ].join('\n'),
      );
    });
}
