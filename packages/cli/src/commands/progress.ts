import type { Command } from 'commander';
import { createNotary, type Stage } from '@anchorlog/sdk';
import { createCommand, outputOf } from '../context.ts';
import type { Language } from '../output.ts';

const WORDS: Readonly<Record<Language, Readonly<Record<Stage, string>>>> = {
  en: {
    appended: 'on disk in the log, not published yet',
    published: 'published under a signed checkpoint, not anchored yet',
    anchored: 'anchored on the chain, evidence not complete yet',
    final: 'final: evidence stored',
  },
  'zh-CN': {
    appended: '已写入日志,尚未发布',
    published: '已发布并签名,尚未上链',
    anchored: '已上链,证据尚未齐全',
    final: '已最终确认,证据已保存',
  },
};

/** `anchorlog progress ID`: how far a record has come. */
export function progressCommand(): Command {
  return createCommand('progress', 'say how far a record has come')
    .argument('<id>', 'id from its receipt')
    .requiredOption('--dir <dir>', 'folder of the notary')
    .action(async (id: string, flags: { dir: string; json?: boolean; lang?: string }) => {
      const output = outputOf(flags);
      await using notary = await createNotary({ dir: flags.dir });
      const stage = await notary.progress(id);
      output.result({ id, stage }, WORDS[output.language][stage]);
    });
}
