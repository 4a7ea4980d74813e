import type { Command } from 'commander';
import { outputOf, type Context } from '../context.ts';
import { count } from '../progress.ts';

/** `anchorlog log compact`: give space back that the store of a log does not need. */
export function addCompact(log: Command, context: Context): void {
  const { say } = context;
  log
    .command('compact')
    .description(
      say(
        '整理日志的存储，交还不再使用的空间；数据库自行整理（VACUUM）',
        'compact the store of a log, which gives back space that it does not use; a database does so itself (VACUUM)',
      ),
    )
    .requiredOption('--dir <dir>', say('存证器的文件夹', 'folder of the notary'))
    .action(async (flags: { readonly dir: string }, command: Command) => {
      const output = outputOf(command, context);
      const { notaryPlaces } = await import('@anchorlog/sdk');
      const { compactLog } = await import('@anchorlog/log');
      const { store, isDatabase } = await notaryPlaces(flags.dir);
      const { before, after } = isDatabase ? { before: 0, after: 0 } : await compactLog(store);
      await output.result(
        { dir: flags.dir, compacted: !isDatabase, before, after },
        isDatabase
          ? say(
              '✔ 日志在数据库里，由它自行整理',
              '✔ the log is in a database, which does so itself',
            )
          : say(
              `✔ ${flags.dir}：整理完成，${count(before)} → ${count(after)} 字节`,
              `✔ ${flags.dir}: compacted, ${count(before)} → ${count(after)} bytes`,
            ),
      );
    });
}
