import type { Command } from 'commander';
import type { RestoreReport, SeenHead } from '@anchorlog/log';
import { outputOf, type Context } from '../context.ts';
import type { Said, Say } from '../language.ts';
import { Progress, count } from '../progress.ts';
import { manifestFacts, manifestJson } from './backup.ts';

interface RestoreFlags {
  readonly dir: string;
  readonly behind?: boolean;
  readonly check?: boolean;
}

const WITNESSES: Readonly<Record<SeenHead['code'], Said>> = {
  LOG_BEHIND_GUARD: ['防回退文件', 'the guard'],
  LOG_BEHIND_CHECKPOINT: ['已发布的检查点', 'the published checkpoint'],
  LOG_BEHIND_CHAIN: ['链上锚定', 'the chain'],
};

/** `anchorlog log restore BACKUP`: prove a backup, and restore the log of a notary from it. */
export function addRestore(log: Command, context: Context): void {
  const { say } = context;
  log
    .command('restore')
    .description(
      say(
        '由备份恢复日志：先核对摘要、树根、防回退文件、检查点和链上锚定，再写入，最后重算树根',
        'restore a log from a backup: proved against its digests, roots, guard, checkpoint and anchors before, read again after',
      ),
    )
    .argument('<backup>', say('备份的文件夹', 'folder of the backup'))
    .requiredOption(
      '--dir <dir>',
      say(
        '存证器的文件夹；其中的 log 应已移走',
        'folder of the notary, from which log was moved away',
      ),
    )
    .option(
      '--behind',
      say(
        '也恢复落后的备份；补齐（log refill）之前日志打不开',
        'restore also what is behind; the log does not open before it was filled up (log refill)',
      ),
    )
    .option('--check', say('只核对备份，不写入', 'only prove the backup, write nothing'))
    .action(async (backup: string, flags: RestoreFlags, command: Command) => {
      const output = outputOf(command, context);
      const { notaryPlaces, storeToWrite } = await import('@anchorlog/sdk');
      const { restoreLog, verifyBackup } = await import('@anchorlog/log');
      const places = await notaryPlaces(flags.dir);
      let progress: Progress | undefined;
      const of = {
        from: backup,
        seen: places.seen,
        behind: flags.behind,
        onProgress: (done: number, total: number): void => {
          progress ??= new Progress({ what: say('条目', 'entries'), total, say });
          progress.update(done);
        },
      };
      const isCheck = flags.check === true;
      const report = isCheck
        ? await verifyBackup(of)
        : await restoreLog({ ...of, to: await storeToWrite(places) });
      progress?.end();
      const missing = report.missing.map(({ size, code }) => ({ size, code }));
      await output.result(
        { backup, restored: !isCheck, ...manifestJson(report), missing },
        restoreText(report, { backup, isCheck, say }),
      );
    });
}

function restoreText(
  report: RestoreReport,
  of: { readonly backup: string; readonly isCheck: boolean; readonly say: Say },
): string {
  const { backup, isCheck, say } = of;
  const done = isCheck
    ? say(`✔ ${backup}：备份完好，没有写入`, `✔ ${backup}: the backup holds; nothing was written`)
    : say(`✔ ${backup}：已恢复，树根相同`, `✔ ${backup}: restored, the root is the same`);
  const missing = report.missing.map(({ size, code }) =>
    say(
      `! ${WITNESSES[code][0]}有 ${count(size)} 条：请先补齐（anchorlog log refill），日志才能打开`,
      `! ${WITNESSES[code][1]} has seen ${count(size)} entries: fill the log up (anchorlog log refill) before it opens`,
    ),
  );
  return [done, manifestFacts(report, say), ...missing].join('\n');
}
