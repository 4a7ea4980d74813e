export type Language = 'zh-CN' | 'en';

/** A text in Chinese and in English. */
export type Said = readonly [zh: string, en: string];

/** Chooses between a text in Chinese and in English. */
export type Say = (zh: string, en: string) => string;

/** Make the chooser of one language. */
export function sayIn(language: Language): Say {
  return (zh, en) => (language === 'zh-CN' ? zh : en);
}

/**
 * Choose the language of a run: what `--lang` says anywhere on the command line, else what the environment says, else English. Read before
 * the command line is parsed, so that help and faults of the command line are in it too.
 */
export function languageOf(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Language {
  const { LC_ALL, LC_MESSAGES, LANG } = environment;
  const wish = askedLanguage(argv) ?? (LC_ALL || LC_MESSAGES || LANG || '');
  return /^zh/i.test(wish) ? 'zh-CN' : 'en';
}

function askedLanguage(argv: readonly string[]): string | undefined {
  let asked: string | undefined;
  for (const [i, argument] of argv.entries()) {
    if (argument === '--') break;
    if (argument === '--lang') asked = argv[i + 1];
    if (argument.startsWith('--lang=')) asked = argument.slice('--lang='.length);
  }
  return asked;
}
