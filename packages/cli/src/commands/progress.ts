import type { Command } from 'commander';
import type { Stage } from '@anchorlog/sdk';
import { outputOf, type Context } from '../context.ts';
import type { Said } from '../language.ts';

const WORDS: Readonly<Record<Stage, Said>> = {
  appended: ['已写入日志，尚未发布', 'on disk in the log, not published yet'],
  published: ['已发布并签名，尚未上链', 'published under a signed checkpoint, not anchored yet'],
  anchored: ['已上链，证据尚未齐全', 'anchored on the chain, evidence not complete yet'],
  final: ['已最终确认，证据已保存', 'final: anchored, evidence stored'],
};

/** `anchorlog progress ID`: how far a record has come. */
export function addProgress(program: Command, context: Context): void {
  const { say } = context;
  program
    .command('progress')
    .description(say('查询一条记录走到了哪一步', 'say how far a record has come'))
    .argument('<id>', say('回执上的 id', 'id from its receipt'))
    .requiredOption('--dir <dir>', say('存证器的文件夹', 'folder of the notary'))
    .action(async (id: string, flags: { readonly dir: string }, command: Command) => {
      const output = outputOf(command, context);
      const { createNotary } = await import('@anchorlog/sdk');
      await using notary = await createNotary({ dir: flags.dir });
      const stage = await notary.progress(id);
      await output.result({ id, stage }, `${stage}  ${say(...WORDS[stage])}`);
    });
}
