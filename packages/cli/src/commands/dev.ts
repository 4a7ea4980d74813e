import { once } from 'node:events';
import type { Command } from 'commander';
import { outputOf, type Context } from '../context.ts';
import { UsageError } from '../trouble.ts';

interface DevFlags {
  readonly port: string;
  readonly blockTime?: string;
}

/** `anchorlog dev [DIR]`: a development chain with a registry, to which the notary in DIR is set. */
export function addDev(program: Command, context: Context): void {
  const { say } = context;
  program
    .command('dev')
    .description(
      say(
        '运行一条开发用链并部署合约；只有最终性的形式，没有共识',
        'run a development chain with the contract deployed: the form of finality, not consensus',
      ),
    )
    .argument(
      '[dir]',
      say(
        '要接上这条链的存证器；它的设置和策略会改为这条链',
        'notary to register there; its settings and policy are set to this chain',
      ),
    )
    .option(
      '--port <port>',
      say('127.0.0.1 上的端口；0 取任一空闲端口', 'on 127.0.0.1; 0 takes any free one'),
      '8545',
    )
    .option(
      '--block-time <ms>',
      say(
        '每隔多少毫秒出一个区块；不给则每笔交易立即出块',
        'a block each so many milliseconds; without it each transaction gets one at once',
      ),
    )
    .action(async (dir: string | undefined, flags: DevFlags, command: Command) => {
      const output = outputOf(command, context);
      const port = natural(flags.port, '--port', 65_535);
      const blockTimeMs =
        flags.blockTime === undefined
          ? undefined
          : natural(flags.blockTime, '--block-time', 3_600_000);
      const { deployDevelopment, joinDevelopment, readConfig } = await import('@anchorlog/sdk');
      if (dir !== undefined) await readConfig(dir); // before anything is started
      const { createDevchain } = await import('@anchorlog/devchain'); // an EVM: loaded only here
      // A new chain each time: it must not be taken for one that a journal knows.
      const chainId = dir === undefined ? 1337 : Math.floor(Date.now() / 1000);
      await using chain = await createDevchain({ chainId, port, blockTimeMs });
      const settings = await deployDevelopment(chain, { blockTimeMs: blockTimeMs ?? 1000 });
      if (dir !== undefined) await joinDevelopment(dir, chain, settings);
      const { url, validators } = chain;
      const { contract } = settings;
      const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
      const text = [
        say(
          `✔ 链 ${chainId}：${url}，本进程内 ${validators.length} 个验证节点（只有最终性的形式，没有共识）`,
          `✔ chain ${chainId} at ${url}, ${validators.length} validators in this process (the form of finality, not consensus)`,
        ),
        `  AnchorRegistry ${contract}`,
        ...(dir === undefined
          ? []
          : [
              say(
                `  ${dir}：已登记，notary.json 与 policy.json 已改为这条链`,
                `  ${dir}: registered; notary.json and policy.json are set to this chain`,
              ),
            ]),
        say('  按 Ctrl-C 结束，链随之消失', '  Ctrl-C ends it, and the chain is gone then'),
      ].join('\n');
      await output.result({ url, chainId, contract, validators, dir }, text);
      await stopped;
    });
}

function natural(text: string, flag: string, most: number): number {
  const value = /^(0|[1-9][0-9]{0,8})$/.test(text) ? Number(text) : most + 1;
  if (value > most) {
    throw new UsageError([
      `${flag}：应为 0 到 ${most} 的整数`,
      `${flag}: expected a whole number up to ${most}`,
    ]);
  }
  return value;
}
