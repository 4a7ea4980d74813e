import { createHash, createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';

// What signed notes are made of, on node:crypto alone. Keys are seeded: test keys.

export interface Key {
  readonly name: string;
  readonly type: number;
  readonly publicKey: Buffer;
  readonly secret: KeyObject;
}
/** A case: its members, and the code that a reader must refuse it with, if it must. */
export type Case = Readonly<Record<string, unknown>> & {
  readonly name: string;
  readonly code?: string;
};

export const sha256 = (data: string | Uint8Array): Buffer =>
  createHash('sha256').update(data).digest();
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex'); // RFC 8410 §7

export function keyOf(name: string, type = 1): Key {
  const der = Buffer.concat([PKCS8, sha256(`test key ${name} ${type}`)]);
  const secret = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(secret).export({ format: 'der', type: 'spki' });
  return { name, type, publicKey: spki.subarray(-32), secret };
}
const idOf = (name: string, typed: Uint8Array): Buffer =>
  sha256(Buffer.concat([Buffer.from(`${name}\n`), typed])).subarray(0, 4);
export const typedOf = (key: Key): Buffer => Buffer.concat([Buffer.of(key.type), key.publicKey]);
export const keyIdOf = (key: Key): Buffer => idOf(key.name, typedOf(key));
/** A vkey with the right id for whatever bytes. */
export const vkeyFrom = (name: string, typed: Buffer): string =>
  `${name}+${idOf(name, typed).toString('hex')}+${typed.toString('base64')}`;
export const vkeyOf = (key: Key): string => vkeyFrom(key.name, typedOf(key));
export const signedBy = (key: Key): string => `${key.name}+${keyIdOf(key).toString('hex')}`;

export const line = (name: string, id: Buffer, signature: Buffer): string =>
  `— ${name} ${Buffer.concat([id, signature]).toString('base64')}\n`;
export const signatureOf = (key: Key, text: string): Buffer =>
  sign(null, Buffer.from(text), key.secret);
export const lineOf = (key: Key, text: string): string =>
  line(key.name, keyIdOf(key), signatureOf(key, text));
export const noteOf = (text: string, ...keys: readonly Key[]): string =>
  `${text}\n${keys.map((key) => lineOf(key, text)).join('')}`;
export const uint64 = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
};
export const cosignature = (key: Key, text: string, time: bigint): Buffer =>
  Buffer.concat([uint64(time), signatureOf(key, `cosignature/v1\ntime ${time}\n${text}`)]);
export const cosigned = (key: Key, text: string, time: bigint): string =>
  line(key.name, keyIdOf(key), cosignature(key, text, time));
export const flip = (bytes: Buffer, at: number): Buffer => {
  const flipped = Buffer.from(bytes);
  flipped[at]! ^= 1;
  return flipped;
};

export const alice = keyOf('alice');
export const bob = keyOf('bob.example/log');
export const log = keyOf('example.gov/licenses');
export const receipts = keyOf('example.gov/licenses/receipt');
export const witness = keyOf('witness.example', 4);

/** The same bytes for a lax reader: the last character before the padding has a bit set that no byte takes. */
export const trailing = (text: string): string =>
  text.replace(/(.)(=+)$/, (_, last: string, padding: string) => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    return `${alphabet[alphabet.indexOf(last) + 1]}${padding}`;
  });

export function vectorFile(description: string, cases: readonly Case[]): string {
  const names = new Set(cases.map(({ name }) => name));
  if (names.size !== cases.length) throw new Error(`${description}: two cases of one name`);
  const lines = cases.map(({ code, ...rest }) =>
    JSON.stringify({ ...rest, accept: code === undefined, code }),
  );
  return `${JSON.stringify({ description }).slice(0, -1)},"cases":[\n${lines.join(',\n')}\n]}\n`;
}
