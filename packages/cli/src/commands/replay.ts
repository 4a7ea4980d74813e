import type { Command } from 'commander';
import type { AskedRegistry } from '@anchorlog/audit';
import { isCodedError } from '@anchorlog/core';
import type { TrustPolicy } from '@anchorlog/verify';
import { collect, outputOf, type Context } from '../context.ts';
import { EXIT } from '../exit.ts';
import { readPolicy, urlOf } from '../file.ts';
import { Progress } from '../progress.ts';
import { replayJson, replayText } from '../replay-text.ts';
import { UsageError } from '../trouble.ts';

interface ReplayFlags {
  readonly policy: string;
  readonly origin?: string;
  readonly rpc?: readonly string[];
  readonly scratch?: string;
  readonly signatures?: boolean;
  readonly secondOpinion?: boolean;
}

/** `anchorlog audit replay TILES`: derive everything from the entries and compare. */
export function addReplay(audit: Command, context: Context): void {
  const { say } = context;
  audit
    .command('replay')
    .description(
      say(
        '由条目重算每个叶子、分片文件和树根，并与链上的锚定比对',
        'derive every leaf, tile and root from the entries; compare with what was anchored',
      ),
    )
    .argument(
      '<tiles>',
      say(
        '日志静态文件所在的文件夹或网址，存证器的在 <文件夹>/tiles',
        "folder or URL of the log's static files; a notary has it in <dir>/tiles",
      ),
    )
    .requiredOption('--policy <file>', say('信任策略', 'trust policy that names this log'))
    .option(
      '--origin <name>',
      say('哪个日志；策略只有一个日志时可不给', 'which log, where the policy names several'),
    )
    .option(
      '--rpc <url>',
      say(
        '另向这个节点查询链上的树头；可给多个，各链一个',
        'ask this node for the heads on its chain too; may be given for each chain',
      ),
      collect,
    )
    .option('--signatures', say('核验每条声明的签名', "verify every statement's signature"))
    .option(
      '--second-opinion',
      say('再用 merkletreejs 重算锚定的树根', 'rebuild the anchored roots with merkletreejs too'),
    )
    .option(
      '--scratch <dir>',
      say(
        '临时文件放在哪里；超过 262,144 条的日志每条用 32 字节',
        'where temporary files go; a log beyond 262,144 entries needs 32 bytes for each',
      ),
    )
    .action(async (tiles: string, flags: ReplayFlags, command: Command) => {
      const output = outputOf(command, context);
      const policy = await readPolicy(flags.policy);
      const origin = flags.origin ?? onlyLog(policy);
      const { Findings, directorySource, headsFromFiles, publishedSource, replay } =
        await import('@anchorlog/audit');
      const { httpTiles } = await import('@anchorlog/log');
      const place = /^https?:\/\//i.test(tiles) ? httpTiles(urlOf(tiles)) : tiles;
      const source = await (typeof place === 'string'
        ? directorySource(place)
        : publishedSource(place));
      const findings = new Findings();
      const fileHeads = await headsFromFiles(place, { policy, origin, findings });
      const { asked, problems } = await askChains(flags.rpc ?? [], policy, origin);
      const progress = new Progress({ what: say('条目', 'entries'), total: source.size, say });
      const report = await replay({
        source,
        origin,
        policy,
        fileHeads,
        asked,
        findings,
        signatures: flags.signatures,
        secondOpinion: flags.secondOpinion,
        scratch: flags.scratch,
        onProgress: (done) => progress.update(done),
      });
      progress.end();
      await output.result(replayJson(report, problems), replayText(report, problems, say));
      if (report.outcome === 'inconsistent') process.exitCode = EXIT.inconsistent.code;
      else if (report.outcome === 'unknown' || problems.length > 0)
        process.exitCode = EXIT.unknown.code;
    });
}

function onlyLog(policy: TrustPolicy): string {
  const [origin, ...others] = policy.logs.keys();
  if (origin === undefined || others.length > 0) {
    throw new UsageError(
      ['策略里不止一个日志', 'the policy names several logs, or none'],
      ['用 --origin 指明', 'name one with --origin'],
    );
  }
  return origin;
}

/** Ask nodes for the anchored heads. What one does not answer is unknown, never a finding. */
async function askChains(
  urls: readonly string[],
  policy: TrustPolicy,
  origin: string,
): Promise<{ readonly asked: readonly AskedRegistry[]; readonly problems: readonly string[] }> {
  if (urls.length > 0 && policy.chains.size === 0) {
    throw new UsageError(['--rpc：策略里没有链', '--rpc: the policy names no chain']);
  }
  const { askRegistries } = await import('@anchorlog/audit');
  const asked: AskedRegistry[] = [];
  const problems: string[] = [];
  for (const url of urls) {
    try {
      asked.push(...(await askRegistries(url, { policy, origin })));
    } catch (error) {
      if (!isCodedError(error)) throw error;
      problems.push(`${error.code}: ${error.message}`);
    }
  }
  return { asked, problems };
}
