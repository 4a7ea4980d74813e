import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { ShapeReader, formatBase64, formatHex, type Signer } from '@anchorlog/core';
import { nodeEd25519Signer } from '@anchorlog/core/node';
import { hasCode } from '@anchorlog/log/durable-file';
import { ORG, ORIGIN, SYSTEM } from './config.ts';
import { sdkError } from './error.ts';
import { parseNamed } from './named-json.ts';
import { writeNewFile } from './new-file.ts';

/** What a key is for. One key serves one purpose only. */
export type KeyUse = 'checkpoint' | 'receipt' | 'issuer' | 'operator';

/** A private key as it stands in a file that only its owner can read (spec/notary §3). */
export interface KeyFile {
  readonly use: KeyUse;
  /** The note key name, the issuer as `org/system`, or the operator's name. */
  readonly name: string;
  readonly alg: 'Ed25519' | 'secp256k1';
  /** 32 bytes. */
  readonly secret: Uint8Array;
}

const FORMAT = 'anchorlog/key/1';
const ALGORITHM = {
  checkpoint: 'Ed25519',
  receipt: 'Ed25519',
  issuer: 'Ed25519',
  operator: 'secp256k1',
} as const;

/** Tell whether a notary could find a key of this name: its origin, `<origin>/receipt`, or `<org>/<system>` of an issuer (spec/notary §3). */
export function isKeyName(use: KeyUse, name: string): boolean {
  const cut = name.lastIndexOf('/');
  const [before, after] = [name.slice(0, Math.max(cut, 0)), name.slice(cut + 1)];
  if (use === 'issuer') return ORG.test(before) && SYSTEM.test(after);
  if (use === 'receipt') return ORIGIN.test(before) && after === 'receipt';
  return ORIGIN.test(name);
}

/** Make a new key from the system's randomness. That a secret is no scalar of secp256k1 happens once in 2^127 keys. */
export function generateKey(use: KeyUse, name: string): KeyFile {
  return { use, name, alg: ALGORITHM[use], secret: new Uint8Array(randomBytes(32)) };
}

/** Write a key file, readable by its owner only; an existing one is never overwritten. @throws SDK_ALREADY_INITIALIZED */
export async function writeKeyFile(path: string, key: KeyFile): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const { use, name, alg, secret } = key;
  const text = JSON.stringify(
    { format: FORMAT, use, name, alg, secret: formatBase64(secret) },
    null,
    2,
  );
  await writeNewFile(path, `${text}\n`, 0o600);
}

/** Read a key file and demand its use and name. @throws SDK_KEY_MALFORMED */
export async function readKeyFile(path: string, use: KeyUse, name?: string): Promise<KeyFile> {
  const named = basename(path);
  const shape = new ShapeReader((at, expected) => {
    throw sdkError('SDK_KEY_MALFORMED', `${named}: expected ${expected} at ${at}`, { at });
  });
  let text: Uint8Array;
  try {
    text = await readFile(path);
  } catch (cause) {
    if (!hasCode(cause, 'ENOENT') && !hasCode(cause, 'EISDIR')) throw cause;
    const message = `${named}: expected the ${use} key${name === undefined ? '' : ` of ${name}`}, found no such file`;
    throw sdkError('SDK_KEY_MALFORMED', message, { use }, { cause });
  }
  const members = ['format', 'use', 'name', 'alg', 'secret'];
  const file = shape.object(parseNamed(text, named), '', { required: members });
  shape.word(file['format'], '/format', [FORMAT]);
  const key: KeyFile = {
    use: shape.word(file['use'], '/use', [use]),
    name: shape.string(file['name'], '/name'),
    alg: shape.word(file['alg'], '/alg', [ALGORITHM[use]]),
    secret: shape.base64(file['secret'], '/secret', 32),
  };
  if (name !== undefined && key.name !== name) {
    throw sdkError(
      'SDK_KEY_MALFORMED',
      `${named}: expected the ${use} key of ${name}, got one of ${key.name}`,
    );
  }
  if (key.alg === 'secp256k1' && !isScalar(key.secret)) {
    throw sdkError('SDK_KEY_MALFORMED', `${named}: expected a secret between 0 and the order`);
  }
  return key;
}

const SECP256K1_ORDER = 0xffffffff_ffffffff_ffffffff_fffffffe_baaedce6_af48a03b_bfd25e8c_d0364141n; // SEC 2 §2.4.1

function isScalar(secret: Uint8Array): boolean {
  const scalar = BigInt(`0x${formatHex(secret)}`);
  return scalar > 0n && scalar < SECP256K1_ORDER;
}

/** Make an Ed25519 signer of a key. */
export function signerOf(key: KeyFile): Signer {
  return nodeEd25519Signer(key.secret);
}
