import type { Command } from 'commander';
import { formatBase64 } from '@anchorlog/core';
import { outputOf, type Context } from '../context.ts';
import { urlOf } from '../file.ts';
import { alignFacts } from '../output.ts';
import { count } from '../progress.ts';
import { UsageError } from '../trouble.ts';

interface RefillFlags {
  readonly dir: string;
  readonly from?: string;
}

/** `anchorlog log refill`: fill up a log that is behind from published files. */
export function addRefill(log: Command, context: Context): void {
  const { say } = context;
  log
    .command('refill')
    .description(
      say(
        '日志落后时，用已发布的文件逐字节补齐；条目与所需的树根不符则不写入',
        'fill up a log that is behind from published files, byte for byte; nothing is written unless they lead to the root to reach',
      ),
    )
    .requiredOption('--dir <dir>', say('存证器的文件夹', 'folder of the notary'))
    .option(
      '--from <tiles>',
      say(
        '已发布文件所在的文件夹或网址，如镜像；默认是存证器的 tiles',
        'folder or URL of the published files, such as a mirror; tiles of the notary unless given',
      ),
    )
    .action(async (flags: RefillFlags, command: Command) => {
      const output = outputOf(command, context);
      const { notaryPlaces, storeToWrite } = await import('@anchorlog/sdk');
      const { directoryTiles, httpTiles, publishedEntries, refillLog } =
        await import('@anchorlog/log');
      const places = await notaryPlaces(flags.dir);
      const { origin, suite, tiles, seen } = places;
      const head = seen.reduce<(typeof seen)[number] | undefined>(
        (most, each) => (most && most.size >= each.size ? most : each),
        undefined,
      );
      if (!head) {
        throw new UsageError(
          [
            '没有任何树头说明日志应有多长',
            'no guard, checkpoint or anchor says how long the log must be',
          ],
          ['请先恢复防回退文件', 'put the guard back first'],
        );
      }
      const place = flags.from ?? tiles;
      const source = /^https?:\/\//i.test(place) ? httpTiles(urlOf(place)) : directoryTiles(place);
      await refillLog({
        origin,
        suite,
        store: await storeToWrite(places),
        head,
        entries: (from) => publishedEntries(source, { from, to: head.size, concurrency: 8 }),
      });
      const { size } = head;
      const rootHash = formatBase64(head.rootHash);
      await output.result(
        { from: place, origin, size, rootHash },
        [
          say(`✔ ${flags.dir}：日志已补齐`, `✔ ${flags.dir}: the log is filled up`),
          alignFacts([
            [say('日志', 'log'), origin],
            [say('条目', 'entries'), count(size)],
            [say('树根', 'root'), rootHash],
          ]),
        ].join('\n'),
      );
    });
}
