import type { Command } from 'commander';
import { formatBase64 } from '@anchorlog/core';
import type { LogStore, MigrateReport } from '@anchorlog/log';
import { outputOf, type Context } from '../context.ts';
import type { Say } from '../language.ts';
import { alignFacts } from '../output.ts';
import { Progress, count } from '../progress.ts';
import { UsageError } from '../trouble.ts';

const DATABASE = /^postgres(?:ql)?:/;
/** Taken for a folder, its name would show a password to everybody. */
const OTHER_URL = /^\s*[a-z][a-z0-9+.-]+:\/\//i;

/** `anchorlog log migrate FROM TO`: copy a log into another store, and prove the copy. */
export function addMigrate(log: Command, context: Context): void {
  const { say } = context;
  log
    .command('migrate')
    .description(
      say(
        '把日志复制到另一种存储，逐项比对并由副本重算树根；中断后再次运行即可继续',
        'copy a log into another store, compare all of it and derive its roots anew; run again, it goes on',
      ),
    )
    .argument(
      '<from>',
      say(
        '存储的文件夹（存证器的在 <文件夹>/log），或 postgresql://…?schema=…；期间不得写入',
        'folder of a store (a notary has it in <dir>/log), or postgresql://…?schema=…; nobody may write it meanwhile',
      ),
    )
    .argument(
      '<to>',
      say(
        '同上；应为空，或是先前中断的副本。密码请放在环境变量 PGPASSWORD 里',
        'likewise; empty, or a copy that ended early. A password belongs into the environment, PGPASSWORD',
      ),
    )
    .action(async (from: string, to: string, _: object, command: Command) => {
      const output = outputOf(command, context);
      const { migrateLog } = await import('@anchorlog/log');
      const source = await openStore(from, 'source');
      let target: string | LogStore;
      try {
        target = await openStore(to, 'target');
      } catch (error) {
        if (typeof source !== 'string') await source.close();
        throw error;
      }
      let progress: Progress | undefined;
      const report = await migrateLog({
        from: source,
        to: target,
        onProgress: ({ copied, compared, of }) => {
          progress ??= new Progress({ what: say('条目', 'entries'), total: 2 * of, say });
          progress.update(copied + compared);
        },
      });
      progress?.end();
      const places = { from: shownPlace(from), to: shownPlace(to) };
      await output.result(reportJson(report, places), reportText(report, places, say));
    });
}

/** Open the store in a database as its writer, so that nobody else writes it; a folder is opened by who copies. */
async function openStore(place: string, role: 'source' | 'target'): Promise<string | LogStore> {
  if (!DATABASE.test(place)) return folderOf(place);
  const { openPostgresReader, openPostgresStore } = await import('@anchorlog/log/postgres');
  // Opened for writing, tables are made where there are none, which is not for a store that is to be read.
  if (role === 'source') await (await openPostgresReader({ url: place })).close();
  return openPostgresStore({ url: place });
}

/** @throws UsageError, without the place, for a URL that is not of a database as it has to be written */
function folderOf(place: string): string {
  if (!OTHER_URL.test(place)) return place;
  throw new UsageError(
    [
      '应为文件夹，或 postgresql:// 开头的 URL',
      'expected a folder, or a URL that begins with postgresql://',
    ],
    ['协议名用小写，前面没有空格', 'with the scheme in lower case and no space before it'],
  );
}

/** What is shown of a place: of a URL neither password nor parameters, but the schema. */
function shownPlace(place: string): string {
  if (!DATABASE.test(place)) return place;
  const [base = '', query = ''] = place.split('?');
  const schema = new URLSearchParams(query).get('schema');
  const shown = base.replace(/^([^:]+:\/\/[^:@/]*):.*@/, '$1@');
  return schema === null ? shown : `${shown}?schema=${schema}`;
}

interface Places {
  readonly from: string;
  readonly to: string;
}

function reportJson(report: MigrateReport, places: Places): object {
  return { ...places, ...report, rootHash: formatBase64(report.rootHash) };
}

function reportText(report: MigrateReport, { from, to }: Places, say: Say): string {
  const { origin, size, rootHash, groups, tiles, receiptNotes, checkpoints } = report;
  const facts: [string, string][] = [
    [say('日志', 'log'), origin],
    [say('条目', 'entries'), count(size)],
    [say('树根', 'root'), formatBase64(rootHash)],
    [
      say('另有', 'and'),
      say(
        `${count(groups)} 组、${count(tiles)} 个满分片文件、${count(receiptNotes)} 份回执签名、${count(checkpoints)} 个检查点`,
        `${count(groups)} groups, ${count(tiles)} full tiles, ${count(receiptNotes)} receipt notes, ${count(checkpoints)} checkpoints`,
      ),
    ],
  ];
  return [
    say(`✔ ${from} → ${to}：副本相同`, `✔ ${from} → ${to}: the copy is equal`),
    alignFacts(facts),
    say(
      '  日志此后只能写在其中一处，防回退文件不变',
      '  the log may go on in one of them only, with the same rollback guard',
    ),
  ].join('\n');
}
