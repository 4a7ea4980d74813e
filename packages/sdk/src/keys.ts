import { join } from 'node:path';
import { formatHex } from '@anchorlog/core';
import { exists } from '@anchorlog/log/durable-file';
import type { IssuerConfig, NotaryConfig } from './config.ts';
import { sdkError } from './error.ts';
import { issuerName } from './issuer.ts';
import { generateKey, readKeyFile, writeKeyFile, type KeyFile } from './key-file.ts';

/** The private keys of a notary. */
export interface NotaryKeys {
  readonly checkpoint: KeyFile;
  readonly receipt: KeyFile;
  /** Pays for and signs anchor transactions. */
  readonly operator: KeyFile;
  /** By `org/system`. */
  readonly issuers: ReadonlyMap<string, KeyFile>;
}

/**
 * Make and write the keys of a new notary. Those that an attempt which was cut off has left are taken as they are: nothing was signed with
 * them. @throws SDK_ALREADY_INITIALIZED, SDK_KEY_MALFORMED
 */
export async function generateKeys(
  dir: string,
  { origin, issuers }: Pick<NotaryConfig, 'origin' | 'issuers'>,
): Promise<NotaryKeys> {
  const wanted = [
    ...(['checkpoint', 'receipt', 'operator'] as const).map((use) => ({
      path: keyPath(dir, use),
      key: generateKey(use, use === 'receipt' ? `${origin}/receipt` : origin),
    })),
    ...issuers.map((issuer) => ({
      path: issuerPath(dir, issuer),
      key: generateKey('issuer', issuerName(issuer)),
    })),
  ];
  for (const { path, key } of wanted) if (!(await exists(path))) await writeKeyFile(path, key);
  return readKeys(dir, { origin, issuers });
}

/** Read all keys of a notary. @throws SDK_KEY_MALFORMED */
export async function readKeys(
  dir: string,
  { origin, issuers }: Pick<NotaryConfig, 'origin' | 'issuers'>,
): Promise<NotaryKeys> {
  const [checkpoint, receipt, operator, ...issuerKeys] = await Promise.all([
    readKeyFile(keyPath(dir, 'checkpoint'), 'checkpoint', origin),
    readKeyFile(keyPath(dir, 'receipt'), 'receipt', `${origin}/receipt`),
    readKeyFile(keyPath(dir, 'operator'), 'operator', origin),
    ...issuers.map((issuer) => readIssuerKey(dir, issuer)),
  ]);
  checkPurposes([checkpoint, receipt, operator, ...issuerKeys]);
  return {
    checkpoint,
    receipt,
    operator,
    issuers: new Map(issuerKeys.map((key) => [key.name, key])),
  };
}

/** Read the key of one issuer from the folder of a notary. @throws SDK_KEY_MALFORMED */
export async function readIssuerKey(dir: string, issuer: IssuerConfig): Promise<KeyFile> {
  return readKeyFile(issuerPath(dir, issuer), 'issuer', issuerName(issuer));
}

/** One key has one purpose: what it signs for one could be shown as signed for another. @throws SDK_KEY_MALFORMED */
function checkPurposes(keys: readonly KeyFile[]): void {
  const uses = new Map<string, KeyFile>();
  for (const key of keys) {
    const secret = formatHex(key.secret);
    const other = uses.get(secret);
    if (other) {
      throw sdkError(
        'SDK_KEY_MALFORMED',
        `key files: the ${other.use} key of ${other.name} is also the ${key.use} key of ${key.name}`,
      );
    }
    uses.set(secret, key);
  }
}

function keyPath(dir: string, use: 'checkpoint' | 'receipt' | 'operator'): string {
  return join(dir, 'keys', `${use}.json`);
}

function issuerPath(dir: string, { org, system }: IssuerConfig): string {
  return join(dir, 'keys', `issuer.${org}.${system}.json`);
}
