import { Option, type Command } from 'commander';
import { formatBase64, formatHex } from '@anchorlog/core';
import type { KeyFile, KeyUse } from '@anchorlog/sdk';
import { outputOf, type Context } from '../context.ts';
import { alignFacts } from '../output.ts';
import { UsageError } from '../trouble.ts';

interface KeygenFlags {
  readonly use: KeyUse;
  readonly alg?: 'Ed25519' | 'ES256' | 'SM2';
  readonly userId?: string;
  readonly encrypt?: boolean;
}

/** `anchorlog keygen NAME FILE`: make a key file. */
export function addKeygen(program: Command, context: Context): void {
  const { say } = context;
  program
    .command('keygen')
    .description(
      say(
        '生成一个私钥文件，只有所有者能读',
        'make a private key in a file that only its owner can read',
      ),
    )
    .argument(
      '<name>',
      say(
        '密钥的名字：issuer 用 机构/系统，checkpoint 和 operator 用日志名，receipt 用 日志名/receipt',
        'org/system for issuer, the origin for checkpoint and operator, origin/receipt for receipt',
      ),
    )
    .argument(
      '<file>',
      say(
        '写到哪里；已有的文件不会被覆盖',
        'where to write it; an existing file is never overwritten',
      ),
    )
    .addOption(
      new Option(
        '--use <use>',
        say('用途；一把密钥一个用途', 'what it is for; one key, one purpose'),
      )
        .choices(['issuer', 'checkpoint', 'receipt', 'operator'])
        .default('issuer'),
    )
    .addOption(
      new Option(
        '--alg <algorithm>',
        say('算法；只有 issuer 可选', 'algorithm; of issuer keys only'),
      ).choices(['Ed25519', 'ES256', 'SM2']),
    )
    .option(
      '--user-id <text>',
      say(
        'SM2 的用户标识，默认 1234567812345678',
        'user id of an SM2 key; 1234567812345678 unless given',
      ),
    )
    .option(
      '--encrypt',
      say(
        '用环境变量 ANCHORLOG_PASSPHRASE 中的口令加密',
        'encrypt it by the passphrase in the environment variable ANCHORLOG_PASSPHRASE',
      ),
    )
    .action(async (name: string, file: string, flags: KeygenFlags, command: Command) => {
      const output = outputOf(command, context);
      const { generateKey, isKeyName, writeKeyFile } = await import('@anchorlog/sdk');
      if (!isKeyName(flags.use, name)) throw nameError(flags.use, name);
      const { use: wanted, alg: asked, userId, encrypt } = flags;
      if (
        (asked !== undefined && wanted !== 'issuer') ||
        (userId !== undefined && asked !== 'SM2')
      ) {
        throw new UsageError([
          '--alg 只用于 issuer，--user-id 只用于 SM2',
          '--alg is of issuer keys only, --user-id of SM2 only',
        ]);
      }
      const passphrase = encrypt === true ? passphraseOf() : undefined;
      const key = generateKey(wanted, name, { alg: asked, userId });
      const shown = await publicPartOf(key);
      await writeKeyFile(file, key, { passphrase });
      const { use, alg } = key;
      await output.result(
        { use, name, alg, file, ...shown },
        [
          say(`✔ ${file}：${name} 的 ${alg} 密钥`, `✔ ${file}: ${alg} key of ${name}`),
          alignFacts(Object.entries(shown)),
        ].join('\n'),
      );
    });
}

const LIKE: Readonly<Record<KeyUse, string>> = {
  issuer: '1199999900000006XQ/service-guide',
  receipt: 'example.gov/licenses/receipt',
  checkpoint: 'example.gov/licenses',
  operator: 'example.gov/licenses',
};

function passphraseOf(): string {
  const passphrase = process.env['ANCHORLOG_PASSPHRASE'] ?? '';
  if (passphrase !== '') return passphrase;
  throw new UsageError([
    '--encrypt：环境变量 ANCHORLOG_PASSPHRASE 中没有口令',
    '--encrypt: the environment variable ANCHORLOG_PASSPHRASE holds no passphrase',
  ]);
}

/** A key under another name is one that no notary finds. */
function nameError(use: KeyUse, name: string): UsageError {
  return new UsageError(
    [`${use} 密钥的名字不能是 ${name}`, `a key for ${use} cannot be named ${name}`],
    [`写法如 ${LIKE[use]}`, `write it like ${LIKE[use]}`],
  );
}

/** Give what others must know of a key: what a trust policy or the registry contract takes. */
async function publicPartOf(key: KeyFile): Promise<Readonly<Record<string, string>>> {
  if (key.use === 'operator') {
    const { addressOfKey } = await import('@anchorlog/anchor');
    return { address: addressOfKey(`0x${formatHex(key.secret)}`) };
  }
  const { signerOf } = await import('@anchorlog/sdk');
  const { publicKey, alg } = signerOf(key);
  if (key.use === 'issuer') {
    const { keyId } = await import('@anchorlog/statement');
    const { userId } = key;
    return {
      keyId: keyId(publicKey, alg),
      publicKey: formatBase64(publicKey),
      ...(userId !== undefined && { userId }),
    };
  }
  const { formatVerifierKey, noteKey } = await import('@anchorlog/tlog');
  return { vkey: formatVerifierKey(noteKey({ name: key.name, publicKey })) };
}
