import type { Command } from 'commander';
import { formatBase64, parseDate } from '@anchorlog/core';
import type { WithheldReport } from '@anchorlog/sdk';
import { outputOf, type Context } from '../context.ts';
import type { Said, Say } from '../language.ts';
import { count } from '../progress.ts';
import { UsageError } from '../trouble.ts';

interface WithholdFlags {
  readonly dir: string;
  readonly index?: string;
  readonly from?: string;
  readonly to?: string;
  readonly before?: string;
  readonly order?: string;
  readonly retention?: string;
  readonly since?: string;
  readonly again?: boolean;
}

const DATE = /^\d{4}-\d\d-\d\d$/;

/** `anchorlog log withhold`: take the bytes of entries out of a log that keeps their hashes. */
export function addWithhold(log: Command, context: Context): void {
  const { say } = context;
  log
    .command('withhold')
    .description(
      say(
        '封存条目：日志先记下依据，再从存储和已发布的文件里去掉内容，只留叶子哈希；证明照旧成立，收不回已交出的副本',
        'withhold entries: the log first says by what order, then their bytes go out of store and published files and the leaf hashes stay; all proofs stand, copies handed out cannot be recalled',
      ),
    )
    .requiredOption('--dir <dir>', say('存证器的文件夹', 'folder of the notary'))
    .option('--index <n>', say('一个条目的位置', 'index of one entry'))
    .option('--from <n>', say('起始位置，默认 1', 'index of the first entry, 1 unless given'))
    .option('--to <n>', say('截止位置（不含）', 'index after the last entry'))
    .option(
      '--before <date>',
      say('早于这一天（+08:00）收到的全部条目', 'all entries that came before this day (+08:00)'),
    )
    .option(
      '--order <number>',
      say('决定的文号，如 〔2026〕12号；文号是公开的', 'number of the order; it is public'),
    )
    .option(
      '--retention <number>',
      say('保存期限已满；所依据制度的文号', 'the time to keep them has ended; number of the rule'),
    )
    .option('--since <date>', say('决定或期限的日期', 'date of the order, or when the time ended'))
    .option(
      '--again',
      say(
        '恢复旧备份之后，把日志里已有的封存全部重做',
        'withhold again all that the log has orders for, after an older backup was restored',
      ),
    )
    .action(async (flags: WithholdFlags, command: Command) => {
      const output = outputOf(command, context);
      const { withholdAgain, withholdEntries } = await import('@anchorlog/sdk');
      if (flags.again === true) {
        const report = await withholdAgain(flags.dir);
        const { orders, withheld, bundles } = report;
        const text = say(
          `✔ ${flags.dir}：${count(orders)} 项封存依据，新封存 ${count(withheld)} 条，改写 ${count(bundles)} 个文件`,
          `✔ ${flags.dir}: ${count(orders)} order(s), ${count(withheld)} entries withheld anew, ${count(bundles)} files rewritten`,
        );
        return output.result(report, text);
      }
      const asked = askedFor(flags);
      const range = await rangeOf(flags);
      const report = await withholdEntries({ dir: flags.dir, ...range, ...asked });
      const { receipt } = report;
      const { id, index, time } = receipt;
      const { withheld, bundles } = report;
      const order = { id, index, leafHash: formatBase64(receipt.leafHash), time };
      await output.result(
        { ...range, withheld, bundles, order },
        textOf(report, { ...range, say }),
      );
    });
}

function askedFor({ order, retention, since }: WithholdFlags): {
  readonly ground: 'order' | 'retention';
  readonly document: string;
  readonly since: string;
} {
  const document = order ?? retention;
  if (document === undefined || (order !== undefined && retention !== undefined)) {
    throw new UsageError([
      '应给出 --order、--retention 之一',
      'expected one of --order, --retention',
    ]);
  }
  const ground = order === undefined ? 'retention' : 'order';
  return {
    ground,
    document,
    since: beginningOf(since, ['应给出 --since <日期>', 'expected --since <date>']),
  };
}

/** Give the first instant of a day at +08:00; what is no day is refused with `fault`. @throws UsageError, and as `parseDate` */
function beginningOf(day: string | undefined, fault: Said): string {
  if (day === undefined || !DATE.test(day)) {
    throw new UsageError(fault, ['请按 2026-06-30 的样子写', 'write it like 2026-06-30']);
  }
  parseDate(day);
  return `${day}T00:00:00.000+08:00`;
}

async function rangeOf(
  flags: WithholdFlags,
): Promise<{ readonly from: number; readonly to: number }> {
  const { index, from = '1', to, before } = flags;
  const given = [index, to, before].filter((each) => each !== undefined);
  if (given.length !== 1) {
    throw new UsageError([
      '应给出 --index、--to、--before 之一',
      'expected one of --index, --to, --before',
    ]);
  }
  if (index !== undefined) return { from: numberOf(index), to: numberOf(index) + 1 };
  const range = {
    from: numberOf(from),
    to: to === undefined ? await sizeBeforeDay(flags.dir, before ?? '') : numberOf(to),
  };
  if (range.from >= range.to) {
    throw new UsageError(['其中没有条目', 'there are no entries in it']);
  }
  return range;
}

async function sizeBeforeDay(dir: string, day: string): Promise<number> {
  const beginning = beginningOf(day, ['--before：应为日期', '--before: expected a date']);
  const { notaryPlaces, storeToRead } = await import('@anchorlog/sdk');
  const { openLevelSnapshot, sizeBefore } = await import('@anchorlog/log');
  const place = await storeToRead(await notaryPlaces(dir));
  const store = typeof place === 'string' ? await openLevelSnapshot(place) : place;
  try {
    return await sizeBefore(store, Date.parse(beginning));
  } finally {
    await store.close();
  }
}

function numberOf(text: string): number {
  const number = /^(?:0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(number)) return number;
  throw new UsageError(['条目位置应为整数', 'expected a whole number as an index']);
}

function textOf(
  report: WithheldReport,
  of: { readonly from: number; readonly to: number; readonly say: Say },
): string {
  const { from, to, say } = of;
  const { withheld, bundles, receipt } = report;
  return [
    say(
      `✔ 条目 ${from} 至 ${to - 1}：新封存 ${count(withheld)} 条，改写 ${count(bundles)} 个文件；依据见条目 ${receipt.index}`,
      `✔ entries ${from} to ${to - 1}: ${count(withheld)} withheld, ${count(bundles)} files rewritten; entry ${receipt.index} says why`,
    ),
    say(
      '  备份、镜像、缓存和已交出的证明包里可能还有内容：备份请重做，其余请逐一通知',
      '  backups, mirrors, caches and bundles handed out may hold them still: make the backups anew, tell the others',
    ),
  ].join('\n');
}
