import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { isCodedError, type SuiteName } from '@anchorlog/core';
import type { IssuerConfig } from '@anchorlog/sdk';
import { collect, outputOf, type Context } from '../context.ts';
import { codeOf } from '../error-code.ts';
import { UsageError } from '../trouble.ts';

interface InitFlags {
  readonly origin: string;
  readonly issuer: readonly string[];
  readonly suite: SuiteName;
  readonly guard?: string;
  readonly anchorBy: string;
}

/** `anchorlog init DIR`: make a notary. */
export function addInit(program: Command, context: Context): void {
  const { say } = context;
  program
    .command('init')
    .description(
      say(
        '建立存证器：文件夹、密钥、设置和信任策略',
        'make a notary: folder, keys, settings, trust policy',
      ),
    )
    .argument('<dir>', say('存证器的文件夹', 'folder of the notary, made if absent'))
    .requiredOption(
      '--origin <name>',
      say(
        '日志永久唯一的名字，如 example.gov/licenses',
        "the log's unique name for ever, like example.gov/licenses",
      ),
    )
    .requiredOption(
      '--issuer <org/system[=name]>',
      say(
        '为谁的记录签名；可多次给出，第一个运营日志',
        'whose statements it signs; may be given several times, the first operates the log',
      ),
      collect,
    )
    .addOption(
      new Option('--suite <name>', say('日志永久的杂凑算法', 'hash suite of the log, for ever'))
        .choices(['sha256', 'sm3'])
        .default('sha256'),
    )
    .option(
      '--guard <path>',
      say(
        '防回退文件的路径，最好在另一个卷上',
        'path of the rollback guard; best on another volume',
      ),
    )
    .option(
      '--anchor-by <hours>',
      say(
        '回执永久承诺的锚定期限，小时',
        'what receipts promise for ever: anchored within so many hours',
      ),
      '24',
    )
    .action(async (dir: string, flags: InitFlags, command: Command) => {
      const output = outputOf(command, context);
      const issuers = await Promise.all(flags.issuer.map(parseIssuer));
      const anchorByHours = parseHours(flags.anchorBy);
      const { initNotary } = await import('@anchorlog/sdk');
      const { origin, guard } = await initNotary({
        dir,
        origin: flags.origin,
        suite: flags.suite === 'sha256' ? undefined : flags.suite,
        issuers,
        guard: flags.guard,
        anchorByHours,
      }).catch((error: unknown) => Promise.reject(ofFlag(error, flags)));
      const isIgnored = await ignore(dir);
      const text = [
        say(
          `✔ ${dir}：${origin} 的存证器，${issuers.length} 个申报系统`,
          `✔ ${dir}: notary of ${origin}, ${issuers.length} issuing system(s)`,
        ),
        say(
          '  keys/        私钥和秘密：请备份，不可示人',
          '  keys/        private: back them up, show them to nobody',
        ),
        say(
          '  vault/       披露材料，存证开始后才有：没有它，条目无法再打开；请一并备份，不可示人',
          '  vault/       what opens the entries, once there are some: back it up too, show it to nobody',
        ),
        say(
          '  policy.json  信任策略：通过可信的渠道交给核验方',
          '  policy.json  give it to verifiers by a way that they trust',
        ),
        say(
          `  下一步       anchorlog dev ${dir}（开发用链），或在 notary.json 里设置 chain`,
          `  next         anchorlog dev ${dir} (a development chain), or set chain in notary.json`,
        ),
      ].join('\n');
      await output.result({ dir, origin, issuers: issuers.length, guard }, text);
      if (!isIgnored) {
        output.note(
          say(
            '原有的 .gitignore 没有改动：请自行确认 keys/ 和 vault/ 不会进入代码库',
            'the .gitignore that was there is as it was: see to it that keys/ and vault/ come into no repository',
          ),
        );
      }
    });
}

/** Nothing of a notary belongs into a repository. */
const IGNORE = '# keys and vault are private\n*\n';

/** Keep the folder out of repositories; false where it has rules of its own, which may be those of a whole project. */
async function ignore(dir: string): Promise<boolean> {
  try {
    await writeFile(join(dir, '.gitignore'), IGNORE, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    return false;
  }
}

/** Say what is wrong with settings by the flag that gave them: their file is not there yet. */
function ofFlag(error: unknown, { origin }: InitFlags): unknown {
  if (!isCodedError(error) || error.code !== 'SDK_CONFIG_MALFORMED') return error;
  const { at } = error.context;
  if (at === '/origin') {
    return new UsageError(
      [
        `--origin：应为小写的域名，可带路径，却是 ${origin}`,
        `--origin: expected a host name in lower case, with a path or without, got ${origin}`,
      ],
      [
        '写法如 example.gov/licenses；只用 a-z、0-9、点和连字符，路径里还可用下划线，至多四段',
        'write it like example.gov/licenses: of a-z, 0-9, dots and hyphens, in up to four parts of the path also underscores',
      ],
    );
  }
  if (at === '/guard') {
    return new UsageError([
      '--guard：应在存证器的文件夹之外',
      '--guard: expected a path outside the folder of the notary',
    ]);
  }
  const fault = error.message.replace(/^notary\.json: /, '').replace(/ at \S+$/, '');
  return typeof at === 'string' && at.startsWith('/issuers')
    ? new UsageError([`--issuer：${fault}`, `--issuer: ${fault}`])
    : error;
}

async function parseIssuer(text: string): Promise<IssuerConfig> {
  const [, org, system, name] =
    /^([0-9A-Z]{18})\/([a-z0-9][a-z0-9._-]{0,63})(?:=(.+))?$/.exec(text) ?? [];
  if (org === undefined || system === undefined) {
    throw new UsageError(
      [
        `--issuer：应为 机构代码/系统 或 机构代码/系统=名称，却是 ${text}`,
        `--issuer: expected ORG/SYSTEM or ORG/SYSTEM=NAME, got ${text}`,
      ],
      [
        '机构代码是 18 位统一社会信用代码，系统名用小写字母',
        'ORG is a unified social credit code of 18 characters, SYSTEM is in lower case',
      ],
    );
  }
  const { isUscc } = await import('@anchorlog/profiles');
  if (!isUscc(org)) {
    throw new UsageError(
      [`--issuer：${org} 的校验位不对`, `--issuer: a check character of ${org} is wrong`],
      [
        '请核对统一社会信用代码（GB 32100）',
        'look at the unified social credit code again (GB 32100)',
      ],
    );
  }
  return { org, system, name: name === undefined ? undefined : { zh: name, en: name } };
}

function parseHours(text: string): number {
  const hours = /^[1-9][0-9]{0,3}$/.test(text) ? Number(text) : 0;
  if (hours < 1 || hours > 8760) {
    throw new UsageError([
      '--anchor-by：应为 1 到 8760 小时',
      '--anchor-by: expected hours from 1 to 8760',
    ]);
  }
  return hours;
}
