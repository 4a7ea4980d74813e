import type { Command } from 'commander';
import { formatBase64 } from '@anchorlog/core';
import type { BackupManifest, BackupReport } from '@anchorlog/log';
import { outputOf, type Context } from '../context.ts';
import type { Say } from '../language.ts';
import { alignFacts } from '../output.ts';
import { Progress, count } from '../progress.ts';

/** `anchorlog log backup TO`: take a backup of a log, also while the notary runs. */
export function addBackup(log: Command, context: Context): void {
  const { say } = context;
  log
    .command('backup')
    .description(
      say(
        '备份日志，存证器不必停；已有备份只添加新的条目。密钥、保管库和防回退文件不在其内',
        'back a log up, also while the notary runs; adds what is new to a backup. Keys, vault and guard are not in it',
      ),
    )
    .argument('<to>', say('备份的文件夹', 'folder of the backup, made if absent'))
    .requiredOption('--dir <dir>', say('存证器的文件夹', 'folder of the notary'))
    .action(async (to: string, flags: { readonly dir: string }, command: Command) => {
      const output = outputOf(command, context);
      const { notaryPlaces, storeToRead } = await import('@anchorlog/sdk');
      const { backupLog } = await import('@anchorlog/log');
      const places = await notaryPlaces(flags.dir);
      let progress: Progress | undefined;
      const report = await backupLog({
        from: await storeToRead(places),
        to,
        onProgress: ({ copied, of }) => {
          progress ??= new Progress({ what: say('条目', 'entries'), total: of, say });
          progress.update(copied);
        },
      });
      progress?.end();
      await output.result({ to, ...backupJson(report) }, backupText(report, to, say));
    });
}

function backupJson({ added, isOutdated, ...manifest }: BackupReport): object {
  return { added, ...manifestJson(manifest), isOutdated };
}

/** A manifest without its files, which stand in the backup. */
export function manifestJson({ origin, suite, size, rootHash, segments }: BackupManifest): object {
  const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
  return { origin, suite, size, rootHash: formatBase64(rootHash), files: segments.length, bytes };
}

function backupText(report: BackupReport, to: string, say: Say): string {
  const { added, isOutdated } = report;
  return [
    say(
      `✔ ${to}：备份完成，新增 ${count(added)} 条`,
      `✔ ${to}: backed up, ${count(added)} entries added`,
    ),
    manifestFacts(report, say),
    say(
      '  keys/ 请另行备份，vault/ 用 log backup-vault；防回退文件不要随备份恢复',
      '  back up keys/ by other ways, vault/ by log backup-vault; never put an old guard back',
    ),
    ...(isOutdated
      ? [
          say(
            '! 这份备份里还有后来封存的内容：请另做一份新的备份，并销毁这一份',
            '! this backup holds what was withheld since: take a new one elsewhere, and destroy this one',
          ),
        ]
      : []),
  ].join('\n');
}

/** What a backup holds, in lines. */
export function manifestFacts(manifest: BackupManifest, say: Say): string {
  const { origin, size, rootHash, segments } = manifest;
  const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
  return alignFacts([
    [say('日志', 'log'), origin],
    [say('条目', 'entries'), count(size)],
    [say('树根', 'root'), formatBase64(rootHash)],
    [
      say('文件', 'files'),
      say(
        `${count(segments.length)} 个，${count(bytes)} 字节`,
        `${count(segments.length)}, ${count(bytes)} bytes`,
      ),
    ],
  ]);
}
