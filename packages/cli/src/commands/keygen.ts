import { Option, type Command } from 'commander';
import { formatBase64 } from '@anchorlog/core';
import { generateKey, signerOf, writeKeyFile, type KeyUse } from '@anchorlog/sdk';
import { keyId } from '@anchorlog/statement';
import { formatVerifierKey, noteKey } from '@anchorlog/tlog';
import { createCommand, outputOf } from '../context.ts';

interface KeygenFlags {
  readonly use: KeyUse;
  readonly json?: boolean;
  readonly lang?: string;
}

/** `anchorlog keygen NAME FILE`: make a key file. */
export function keygenCommand(): Command {
  return createCommand('keygen', 'make a private key in a file that only its owner can read')
    .argument(
      '<name>',
      'org/system for an issuer, origin for checkpoint and operator, origin/receipt for receipt',
    )
    .argument('<file>', 'where to write it; an existing file is never overwritten')
    .addOption(
      new Option('--use <use>', 'what the key is for; one key, one purpose')
        .choices(['issuer', 'checkpoint', 'receipt', 'operator'])
        .default('issuer'),
    )
    .action(async (name: string, file: string, flags: KeygenFlags) => {
      const output = outputOf(flags);
      const key = generateKey(flags.use, name);
      await writeKeyFile(file, key);
      if (key.alg !== 'Ed25519') {
        output.result(
          { use: key.use, name, alg: key.alg, file },
          `${file}: ${key.alg} key of ${name}`,
        );
        return;
      }
      const { publicKey } = signerOf(key);
      const shown =
        key.use === 'issuer'
          ? { keyId: keyId(publicKey), publicKey: formatBase64(publicKey) }
          : { vkey: formatVerifierKey(noteKey({ name, publicKey })) };
      const lines = Object.entries(shown).map(([what, value]) => `  ${what}  ${value}`);
      output.result(
        { use: key.use, name, alg: key.alg, file, ...shown },
        [`${file}: ${key.alg} key of ${name}`, ...lines].join('\n'),
      );
    });
}
