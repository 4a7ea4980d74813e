import { describe, expect, test } from 'vitest';
import { languageOf } from '../src/language.ts';

describe('languageOf', () => {
  test.for([
    [['--lang', 'zh-CN', 'verify'], { LANG: 'en_US.UTF-8' }, 'zh-CN'],
    [['verify', 'x', '--lang=en'], { LANG: 'zh_CN.UTF-8' }, 'en'],
    [['verify', '--', '--lang', 'zh-CN'], {}, 'en'],
    [['--lang'], {}, 'en'],
    [[], { LANG: 'zh_CN.UTF-8' }, 'zh-CN'],
    [[], { LC_ALL: '', LC_MESSAGES: 'zh_CN', LANG: 'C' }, 'zh-CN'],
    [[], { LC_ALL: 'C.UTF-8', LANG: 'zh_CN' }, 'en'],
    [[], {}, 'en'],
  ] as const)('of %j in %j is %s', ([argv, environment, language]) => {
    expect(languageOf(argv, environment)).toBe(language);
  });
});
