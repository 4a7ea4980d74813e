import { join } from 'node:path';
import type { IssuerConfig, NotaryConfig } from './config.ts';
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

/** Name an issuer as its key file does. */
export function issuerName({
  org,
  system,
}: {
  readonly org: string;
  readonly system: string;
}): string {
  return `${org}/${system}`;
}

/** Make and write all keys of a new notary. @throws SDK_ALREADY_INITIALIZED */
export async function generateKeys(
  dir: string,
  { origin, issuers }: Pick<NotaryConfig, 'origin' | 'issuers'>,
): Promise<NotaryKeys> {
  const keys: NotaryKeys = {
    checkpoint: generateKey('checkpoint', origin),
    receipt: generateKey('receipt', `${origin}/receipt`),
    operator: generateKey('operator', origin),
    issuers: new Map(
      issuers.map((issuer) => [issuerName(issuer), generateKey('issuer', issuerName(issuer))]),
    ),
  };
  for (const use of ['checkpoint', 'receipt', 'operator'] as const) {
    await writeKeyFile(keyPath(dir, use), keys[use]);
  }
  for (const issuer of issuers) {
    await writeKeyFile(issuerPath(dir, issuer), keys.issuers.get(issuerName(issuer))!);
  }
  return keys;
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
    ...issuers.map((issuer) => readKeyFile(issuerPath(dir, issuer), 'issuer', issuerName(issuer))),
  ]);
  return {
    checkpoint,
    receipt,
    operator,
    issuers: new Map(issuerKeys.map((key) => [key.name, key])),
  };
}

function keyPath(dir: string, use: 'checkpoint' | 'receipt' | 'operator'): string {
  return join(dir, 'keys', `${use}.json`);
}

function issuerPath(dir: string, { org, system }: IssuerConfig): string {
  return join(dir, 'keys', `issuer.${org}.${system}.json`);
}
