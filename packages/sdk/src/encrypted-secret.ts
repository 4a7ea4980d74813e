import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import {
  canonicalBytes,
  concatBytes,
  formatBase64,
  type JsonObject,
  type JsonValue,
  type ShapeReader,
} from '@anchorlog/core';
import { sdkError } from './error.ts';

/** Where the passphrase of encrypted key files stands, as PGPASSWORD does for databases. */
export const PASSPHRASE_VARIABLE = 'ANCHORLOG_PASSPHRASE';

const CIPHER = 'AES-256-GCM';
const [SECRET_BYTES, SALT_BYTES, IV_BYTES, TAG_BYTES] = [32, 16, 12, 16];
/** RFC 7914 §2: 128 MiB and about half a second for each guess. */
const COST = 2 ** 17;
/** Neither one that guesses cheaply, nor one that takes the memory of the machine. */
const COSTS = [17, 18, 19, 20].map((power) => String(2 ** power));
const BLOCK = 8;

/** A secret as it stands encrypted in a file (spec/notary §3.1). */
interface Encrypted {
  readonly cost: number;
  readonly salt: Uint8Array;
  readonly iv: Uint8Array;
  /** Ciphertext and tag. */
  readonly data: Uint8Array;
}

/** Encrypt a secret of 32 bytes by a passphrase; `bound` is what it stands with, and opens with nothing else. */
export async function encryptSecret(
  secret: Uint8Array,
  { passphrase, bound }: { readonly passphrase: string; readonly bound: JsonObject },
): Promise<JsonObject> {
  const [salt, iv] = [
    new Uint8Array(randomBytes(SALT_BYTES)),
    new Uint8Array(randomBytes(IV_BYTES)),
  ];
  const key = await derive(passphrase, salt, COST);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(canonicalBytes(bound));
  const data = concatBytes(cipher.update(secret), cipher.final(), cipher.getAuthTag());
  const [saltText, ivText, dataText] = [salt, iv, data].map(formatBase64);
  return {
    kdf: 'scrypt',
    cost: COST,
    salt: saltText!,
    cipher: CIPHER,
    iv: ivText!,
    data: dataText!,
  };
}

/** Decrypt what `encryptSecret` gave. @throws SDK_KEY_PASSPHRASE where there is none, or it is not the one, and what `shape` refuses with */
export async function decryptSecret(
  value: JsonValue | undefined,
  {
    passphrase,
    bound,
    shape,
    named,
  }: {
    readonly passphrase: string | undefined;
    readonly bound: JsonObject;
    readonly shape: ShapeReader;
    /** The file, for people. */
    readonly named: string;
  },
): Promise<Uint8Array> {
  const { cost, salt, iv, data } = readEncrypted(value, shape);
  if (passphrase === undefined || passphrase === '') {
    throw sdkError(
      'SDK_KEY_PASSPHRASE',
      `${named}: is encrypted, and ${PASSPHRASE_VARIABLE} holds no passphrase`,
    );
  }
  const key = await derive(passphrase, salt, cost);
  const decipher = createDecipheriv('aes-256-gcm', key, iv).setAAD(canonicalBytes(bound));
  decipher.setAuthTag(data.subarray(SECRET_BYTES));
  try {
    return concatBytes(decipher.update(data.subarray(0, SECRET_BYTES)), decipher.final());
  } catch (cause) {
    const message = `${named}: another passphrase than it was encrypted by, or altered`;
    throw sdkError('SDK_KEY_PASSPHRASE', message, {}, { cause });
  }
}

function readEncrypted(value: JsonValue | undefined, shape: ShapeReader): Encrypted {
  const at = '/encrypted';
  const members = ['kdf', 'cost', 'salt', 'cipher', 'iv', 'data'];
  const encrypted = shape.object(value, at, { required: members });
  shape.word(encrypted['kdf'], `${at}/kdf`, ['scrypt']);
  shape.word(encrypted['cipher'], `${at}/cipher`, [CIPHER]);
  return {
    cost: Number(
      shape.word(String(shape.size(encrypted['cost'], `${at}/cost`)), `${at}/cost`, COSTS),
    ),
    salt: shape.base64(encrypted['salt'], `${at}/salt`, SALT_BYTES),
    iv: shape.base64(encrypted['iv'], `${at}/iv`, IV_BYTES),
    data: shape.base64(encrypted['data'], `${at}/data`, SECRET_BYTES + TAG_BYTES),
  };
}

function derive(passphrase: string, salt: Uint8Array, cost: number): Promise<Uint8Array> {
  const options = { N: cost, r: BLOCK, p: 1, maxmem: 256 * cost * BLOCK };
  return new Promise((resolve, reject) => {
    scrypt(passphrase, salt, SECRET_BYTES, options, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}
