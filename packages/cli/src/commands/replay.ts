import type { Command } from 'commander';
import type { KnownHead, ReplayReport } from '@anchorlog/audit';
import { formatBase64, formatHex, isCodedError } from '@anchorlog/core';
import type { TrustPolicy } from '@anchorlog/verify';
import { outputOf, type Context } from '../context.ts';
import { EXIT } from '../exit.ts';
import { readPolicy } from '../file.ts';
import type { Said, Say } from '../language.ts';
import { alignFacts, paint } from '../output.ts';
import { Progress, count } from '../progress.ts';
import { UsageError } from '../trouble.ts';

interface ReplayFlags {
  readonly policy: string;
  readonly origin?: string;
  readonly rpc?: string;
  readonly signatures?: boolean;
  readonly secondOpinion?: boolean;
}

/** How the heads on the chain came to be known: asked, not asked, or why it could not be. */
type Asked = { readonly heads: readonly KnownHead[] } | { readonly failed: string } | undefined;

/** `anchorlog audit replay TILES`: derive everything from the entries and compare. */
export function addReplay(audit: Command, context: Context): void {
  const { say } = context;
  audit
    .command('replay')
    .description(
      say(
        '由条目重算每个叶子、瓦片和树根,并与链上的锚定比对',
        'derive every leaf, tile and root from the entries; compare with what was anchored',
      ),
    )
    .argument(
      '<tiles>',
      say(
        '日志静态文件的文件夹,存证器的在 <文件夹>/tiles',
        "folder of the log's static files; a notary has it in <dir>/tiles",
      ),
    )
    .requiredOption('--policy <file>', say('信任策略', 'trust policy that names this log'))
    .option(
      '--origin <name>',
      say('哪个日志;策略只有一个日志时可不给', 'which log, where the policy names several'),
    )
    .option(
      '--rpc <url>',
      say(
        '向这个节点查询链上的树头;不给则核验已发布的证据',
        'ask this node for the heads; else the published evidence is verified',
      ),
    )
    .option('--signatures', say('核验每条声明的签名', "verify every statement's signature"))
    .option(
      '--second-opinion',
      say('再用 merkletreejs 重算锚定的树根', 'rebuild the anchored roots with merkletreejs too'),
    )
    .action(async (tiles: string, flags: ReplayFlags, command: Command) => {
      const output = outputOf(command, context);
      const policy = await readPolicy(flags.policy);
      const origin = flags.origin ?? onlyLog(policy);
      const { Findings, directorySource, headsFromFiles, replay } =
        await import('@anchorlog/audit');
      const source = await directorySource(tiles);
      const findings = new Findings();
      const fileHeads = await headsFromFiles(tiles, { policy, origin, findings });
      const chain = flags.rpc === undefined ? undefined : await askChain(flags.rpc, policy, origin);
      const progress = new Progress({ what: say('条目', 'entries'), total: source.size, say });
      const report = await replay({
        source,
        origin,
        policy,
        fileHeads,
        chainHeads: chain && 'heads' in chain ? chain.heads : undefined,
        findings,
        signatures: flags.signatures,
        secondOpinion: flags.secondOpinion,
        onProgress: (done) => progress.update(done),
      });
      progress.end();
      const failed = chain && 'failed' in chain ? chain.failed : undefined;
      await output.result(reportJson(report, failed), reportText(report, failed, say));
      if (report.findings.length > 0) process.exitCode = EXIT.inconsistent.code;
      else if (failed !== undefined) process.exitCode = EXIT.unknown.code;
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

/** Ask a node for the anchored heads. What it does not answer is unknown, never a finding. */
async function askChain(url: string, policy: TrustPolicy, origin: string): Promise<Asked> {
  const [chain] = policy.chains.values();
  if (!chain) {
    throw new UsageError(['--rpc:策略里没有链', '--rpc: the policy names no chain']);
  }
  const { readChainHeads } = await import('@anchorlog/anchor');
  const { chainId } = chain;
  const registry = {
    url,
    chainId,
    contract: `0x${formatHex(chain.contract)}`,
    codeHash: `0x${formatHex(chain.codeHash)}`,
  };
  try {
    const heads = await readChainHeads({ chain: registry, origin });
    return { heads: heads.map((head) => ({ ...head, chainId, from: 'chain' })) };
  } catch (error) {
    if (!isCodedError(error)) throw error;
    return { failed: `${error.code}: ${error.message}` };
  }
}

function reportJson(report: ReplayReport, chainProblem: string | undefined): object {
  return {
    ...report,
    rootHash: formatBase64(report.rootHash),
    chainProblem,
    heads: report.heads.map(({ head, holds }) => ({
      chainId: head.chainId,
      number: head.number,
      size: head.size,
      rootHash: formatBase64(head.rootHash),
      from: head.from,
      holds,
    })),
  };
}

function reportText(report: ReplayReport, chainProblem: string | undefined, say: Say): string {
  const { origin, entries, heads, findings, counts, secondOpinion, signatures } = report;
  const total = Object.values(counts).reduce((sum, each) => sum + each, 0);
  const held = heads.filter(({ holds }) => holds).length;
  const facts: [string, string][] = [
    [say('条目', 'entries'), count(entries)],
    [say('树根', 'root'), formatBase64(report.rootHash)],
    [
      say('锚定的树头', 'anchored heads'),
      say(
        `${heads.length} 个中 ${held} 个由条目得出`,
        `${held} of ${heads.length} follow from the entries`,
      ),
    ],
    [say('链', 'chain'), chainText(report, chainProblem, say)],
    [say('检查点', 'checkpoint'), say(...CHECKPOINT[report.checkpoint])],
    [
      say('签名', 'signatures'),
      signatures === 'notAsked'
        ? say('未核验', 'not verified')
        : say(`核验 ${count(signatures.verified)} 个`, `${count(signatures.verified)} verified`),
    ],
  ];
  if (secondOpinion !== 'notAsked') {
    const { equal, different, skipped } = secondOpinion;
    facts.push([
      say('旁证', 'second opinion'),
      say(
        `merkletreejs:${equal} 个树根相同,${different} 个不同,${skipped} 个略过`,
        `merkletreejs: ${equal} roots equal, ${different} different, ${skipped} skipped`,
      ),
    ]);
  }
  const listed = findings.map(({ code, facts: where }) => `  ${code} ${JSON.stringify(where)}`);
  return [`${verdictText(total, chainProblem, say)}  ${origin}`, alignFacts(facts), ...listed].join(
    '\n',
  );
}

function verdictText(total: number, chainProblem: string | undefined, say: Say): string {
  if (total > 0) return paint('red', say(`✘ 发现 ${total} 处问题`, `✘ ${total} finding(s)`));
  if (chainProblem !== undefined) {
    return paint(
      'yellow',
      say('? 未发现问题,但问不到链', '? nothing found, but the chain could not be asked'),
    );
  }
  return paint('green', say('✔ 没有发现问题', '✔ nothing found'));
}

function chainText({ chain }: ReplayReport, problem: string | undefined, say: Say): string {
  if (problem !== undefined) return problem;
  return chain === 'asked'
    ? say('已查询,树头来自链上', 'asked: heads are those of the contract')
    : say('未查询,树头来自已发布的证据', 'not asked: heads are those of the published evidence');
}

const CHECKPOINT: Readonly<Record<ReplayReport['checkpoint'], Said>> = {
  holds: ['成立', 'holds'],
  fails: ['不成立', 'does not hold'],
  absent: ['没有', 'absent'],
};
