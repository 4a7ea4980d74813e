import type { Say } from './language.ts';

/** What the parser of the command line says, and how it is said in Chinese. What it begins with, `error: `, is left out of both. */
const FAULTS: readonly (readonly [RegExp, string])[] = [
  [/^required option '(.+)' not specified$/, '缺少选项 $1'],
  [/^missing required argument '(.+)'$/, '缺少参数 $1'],
  [/^option '(.+)' argument missing$/, '选项 $1 后面缺少值'],
  [/^unknown option '(.+?)'/, '没有选项 $1'],
  [/^unknown command '(.+?)'/, '没有命令 $1'],
  [/^too many arguments.*$/, '参数太多'],
  [
    /^option '(.+)' argument '(.*)' is invalid\. Allowed choices are (.+)\.$/,
    '选项 $1 的值 $2 不对，可以是：$3',
  ],
  [/ ?\(Did you mean (?:one of )?(.+)\?\)$/, '（是否想写 $1？）'],
];

/** Say in words what the parser of the command line refuses; what it says in another way stays as it is. */
export function parserFault(message: string, say: Say): string {
  const fault = message.replace(/^error: /, '').replaceAll('\n', ' ');
  const zh = FAULTS.reduce((text, [said, words]) => text.replace(said, words), fault);
  return say(zh, fault);
}
