import type { Command } from 'commander';
import type { VaultAdoption } from '@anchorlog/sdk';
import { outputOf, type Context } from '../context.ts';
import type { Say } from '../language.ts';
import { count } from '../progress.ts';

/** `anchorlog log adopt-vault DIR`: go on without a vault that is lost. */
export function addAdoptVault(log: Command, context: Context): void {
  const { say } = context;
  log
    .command('adopt-vault')
    .description(
      say(
        '保管库丢失又没有更新的副本时，不带它继续；它原有的内容再也打不开',
        'go on after the vault was lost and no newer copy is left; what it alone could open stays closed for ever',
      ),
    )
    .argument('<dir>', say('存证器的文件夹', 'folder of the notary'))
    .action(async (dir: string, _: object, command: Command) => {
      const output = outputOf(command, context);
      const { adoptVault } = await import('@anchorlog/sdk');
      const adoption = await adoptVault({ dir });
      await output.result({ dir, ...adoption }, adoptionText(dir, adoption, say));
    });
}

function adoptionText(dir: string, { entries, lost }: VaultAdoption, say: Say): string {
  const total = lost.reduce((sum, { from, to }) => sum + to - from, 0);
  if (total === 0) {
    return say(
      `✔ ${dir}：${count(entries)} 条都在保管库里，没有作任何改动`,
      `✔ ${dir}: the vault has all ${count(entries)} entries; nothing was changed`,
    );
  }
  return [
    say(
      `✔ ${dir}：可以继续；${count(entries)} 条中有 ${count(total)} 条的披露材料已丢失`,
      `✔ ${dir}: goes on; what opens ${count(total)} of ${count(entries)} entries is lost`,
    ),
    ...lost.map(({ from, to }) =>
      to - from === 1 ? `  #${count(from)}` : `  #${count(from)}–${count(to - 1)}`,
    ),
  ].join('\n');
}
