import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import {
  ShapeReader,
  formatBase64,
  formatHex,
  type JsonObject,
  type SignatureAlgorithm,
  type Signer,
} from '@anchorlog/core';
import { nodeEd25519Signer, nodeEs256Signer, nodeSm3 } from '@anchorlog/core/node';
import { SM2_DEFAULT_USER_ID, sm2Signer } from '@anchorlog/core/sm2';
import { hasCode } from '@anchorlog/log/durable-file';
import { ORG, ORIGIN, SYSTEM } from './config.ts';
import { PASSPHRASE_VARIABLE, decryptSecret, encryptSecret } from './encrypted-secret.ts';
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
  readonly alg: SignatureAlgorithm | 'secp256k1';
  /** Of SM2 only: the signer's distinguishing identifier. */
  readonly userId?: string | undefined;
  /** 32 bytes. */
  readonly secret: Uint8Array;
}

const FORMAT = 'anchorlog/key/1';
/** The first is what a key has unless it is asked for another. */
const ALGORITHMS = {
  checkpoint: ['Ed25519'],
  receipt: ['Ed25519'],
  issuer: ['Ed25519', 'ES256', 'SM2'],
  operator: ['secp256k1'],
} as const satisfies Readonly<Record<KeyUse, readonly KeyFile['alg'][]>>;

/** Orders of the groups in which not every secret is a scalar: SEC 2 §2.4.1, §2.4.2; GB/T 32918.5-2017, less one. */
const ORDERS = {
  secp256k1: 0xffffffff_ffffffff_ffffffff_fffffffe_baaedce6_af48a03b_bfd25e8c_d0364141n,
  ES256: 0xffffffff_00000000_ffffffff_ffffffff_bce6faad_a7179e84_f3b9cac2_fc632551n,
  SM2: 0xfffffffe_ffffffff_ffffffff_ffffffff_7203df6b_21c6052b_53bbf409_39d54122n,
} as const;

/** As trust policies have it (spec/policy §4). */
const USER_ID = /^[ -~]{1,255}$/;

/** Tell whether a notary could find a key of this name: its origin, `<origin>/receipt`, or `<org>/<system>` of an issuer (spec/notary §3). */
export function isKeyName(use: KeyUse, name: string): boolean {
  const cut = name.lastIndexOf('/');
  const [before, after] = [name.slice(0, Math.max(cut, 0)), name.slice(cut + 1)];
  if (use === 'issuer') return ORG.test(before) && SYSTEM.test(after);
  if (use === 'receipt') return ORIGIN.test(before) && after === 'receipt';
  return ORIGIN.test(name);
}

/** Make a new key from the system's randomness. @throws RangeError for an algorithm that keys of this use do not have */
export function generateKey(
  use: KeyUse,
  name: string,
  options: { readonly alg?: KeyFile['alg'] | undefined; readonly userId?: string | undefined } = {},
): KeyFile {
  const alg = options.alg ?? ALGORITHMS[use][0];
  if (!isAlgorithmOf(use, alg)) throw new RangeError(`alg: no ${use} key is of ${alg}`);
  const { userId = SM2_DEFAULT_USER_ID } = options;
  if (alg === 'SM2' && !USER_ID.test(userId)) {
    throw new RangeError('userId: expected 1 to 255 printable ASCII characters');
  }
  for (;;) {
    const secret = new Uint8Array(randomBytes(32));
    if (isScalar(secret, alg)) return { use, name, alg, ...(alg === 'SM2' && { userId }), secret };
  }
}

/**
 * Write a key file, readable by its owner only, and encrypted where a passphrase is given; an existing one is never overwritten.
 * @throws SDK_ALREADY_INITIALIZED
 */
export async function writeKeyFile(
  path: string,
  key: KeyFile,
  { passphrase }: { readonly passphrase?: string | undefined } = {},
): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const bound = boundOf(key);
  const held: JsonObject =
    passphrase === undefined
      ? { secret: formatBase64(key.secret) }
      : { encrypted: await encryptSecret(key.secret, { passphrase, bound }) };
  await writeNewFile(path, `${JSON.stringify({ ...bound, ...held }, null, 2)}\n`, 0o600);
}

/**
 * Read a key file and demand its use and name. One that is encrypted is opened by the passphrase in the environment.
 * @throws SDK_KEY_MALFORMED, SDK_KEY_PASSPHRASE
 */
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
  const json = shape.map(parseNamed(text, named), '');
  const isEncrypted = Object.hasOwn(json, 'encrypted');
  const isSm2 = json['alg'] === 'SM2';
  const members = ['format', 'use', 'name', 'alg', isEncrypted ? 'encrypted' : 'secret'];
  const file = shape.object(json, '', { required: isSm2 ? [...members, 'userId'] : members });
  shape.word(file['format'], '/format', [FORMAT]);
  const header = {
    use: shape.word(file['use'], '/use', [use]),
    name: shape.string(file['name'], '/name'),
    alg: shape.word<KeyFile['alg']>(file['alg'], '/alg', ALGORITHMS[use]),
    ...(isSm2 && { userId: shape.string(file['userId'], '/userId', USER_ID) }),
  };
  if (name !== undefined && header.name !== name) {
    throw sdkError(
      'SDK_KEY_MALFORMED',
      `${named}: expected the ${use} key of ${name}, got one of ${header.name}`,
    );
  }
  const passphrase = process.env[PASSPHRASE_VARIABLE];
  const bound = boundOf(header);
  const secret = isEncrypted
    ? await decryptSecret(file['encrypted'], { passphrase, bound, shape, named })
    : shape.base64(file['secret'], '/secret', 32);
  if (!isScalar(secret, header.alg)) {
    throw sdkError('SDK_KEY_MALFORMED', `${named}: expected a secret between 0 and the order`);
  }
  return { ...header, secret };
}

/** All of a key file but its secret, which opens with nothing else. */
function boundOf({ use, name, alg, userId }: Omit<KeyFile, 'secret'>): JsonObject {
  return { format: FORMAT, use, name, alg, ...(userId !== undefined && { userId }) };
}

function isAlgorithmOf(use: KeyUse, alg: KeyFile['alg']): boolean {
  const algorithms: readonly KeyFile['alg'][] = ALGORITHMS[use];
  return algorithms.includes(alg);
}

/** Every secret is one of Ed25519. */
function isScalar(secret: Uint8Array, alg: KeyFile['alg']): boolean {
  if (alg === 'Ed25519') return true;
  const scalar = BigInt(`0x${formatHex(secret)}`);
  return scalar > 0n && scalar < ORDERS[alg];
}

/** Make a signer of a key that signs statements, checkpoints or receipts. @throws RangeError for an operator's */
export function signerOf({ alg, secret, userId = SM2_DEFAULT_USER_ID }: KeyFile): Signer {
  switch (alg) {
    case 'Ed25519':
      return nodeEd25519Signer(secret);
    case 'ES256':
      return nodeEs256Signer(secret);
    case 'SM2':
      return sm2Signer({ secret, userId, hash: nodeSm3 });
    case 'secp256k1':
      throw new RangeError('key: an operator signs transactions only');
  }
}
