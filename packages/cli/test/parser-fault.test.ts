import { CommanderError } from 'commander';
import { describe, expect, test } from 'vitest';
import { createProgram } from '../src/context.ts';
import { sayIn } from '../src/language.ts';
import { parserFault } from '../src/parser-fault.ts';

describe('parserFault', () => {
  const message = (...argv: string[]): string => {
    const program = createProgram('zh-CN');
    program
      .command('verify')
      .argument('<bundle>')
      .requiredOption('--policy <file>')
      .option('--file <file>')
      .allowExcessArguments(false);
    try {
      program.parse(argv, { from: 'user' });
    } catch (error) {
      if (error instanceof CommanderError) return error.message;
    }
    throw new Error('expected a refusal');
  };
  const zh = (...argv: string[]): string => parserFault(message(...argv), sayIn('zh-CN'));

  test('says in Chinese what the parser refuses', () => {
    expect(zh('verify', 'x')).toBe('缺少选项 --policy <file>');
    expect(zh('verify', '--policy', 'p')).toBe('缺少参数 bundle');
    expect(zh('verify', 'x', '--policy')).toBe('选项 --policy <file> 后面缺少值');
    expect(zh('verify', 'x', 'y', '--policy', 'p')).toBe('参数太多');
    expect(zh('verify', 'x', '--policy', 'p', '--zzz')).toBe('没有选项 --zzz');
    expect(zh('verify', 'x', '--policy', 'p', '--fle')).toBe('没有选项 --fle（是否想写 --file？）');
    expect(zh('verfy')).toBe('没有命令 verfy（是否想写 verify？）');
    expect(zh('verify', '--lang', 'fr')).toBe(
      '选项 --lang <language> 的值 fr 不对，可以是：zh-CN, en',
    );
  });

  test('leaves in its own words what it does not know, and English as it is', () => {
    expect(parserFault('error: another\nfault', sayIn('zh-CN'))).toBe('another fault');
    expect(parserFault("error: unknown option '-z'", sayIn('en'))).toBe("unknown option '-z'");
  });
});
