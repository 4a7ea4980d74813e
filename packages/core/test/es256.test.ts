import { generateKeyPairSync, sign as opensslSign, verify as opensslVerify } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { P256_ORDER, integerOf, scalarBytes } from '../src/ecdsa.ts';
import { es256, es256Signer, isEs256PublicKey } from '../src/es256.ts';
import {
  concatBytes,
  formatHex,
  formatUtf8,
  lowS,
  parseHex,
  sha256,
  type Signer,
} from '../src/index.ts';
import { nodeEd25519, nodeEs256, nodeEs256PrivateKey, nodeEs256Signer } from '../src/node.ts';
import { deterministicNonce } from '../src/nonce.ts';

// RFC 6979 §A.2.5; of "sample" s is in the upper half, and the signature here has the other one.
const SECRET = parseHex('c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721');
const PUBLIC = parseHex(
  '0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6' +
    '7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299',
);
const RFC6979 = [
  {
    message: 'sample',
    nonce: 'a6e3c57dd01abe90086538398355dd4c3b17aa873382b0f24d6129493d8aad60',
    r: 'efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716',
    s: 'f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8',
  },
  {
    message: 'test',
    nonce: 'd16b6ae827f17175e040871a1c7ec3500192c4c92677336ec2537acaee0008e0',
    r: 'f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367',
    s: '019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083',
  },
] as const;

const MESSAGE = formatUtf8('message');
const SIGNATURE = (await es256Signer(SECRET).sign(MESSAGE)).slice();
const r = SIGNATURE.subarray(0, 32);
const s = SIGNATURE.subarray(32);
const plus = (scalar: Uint8Array, more: bigint): Uint8Array =>
  scalarBytes(integerOf(scalar) + more);
const ZERO = new Uint8Array(32);
const flipped = (bytes: Uint8Array, at: number): Uint8Array => {
  const copy = bytes.slice();
  copy[at]! ^= 1;
  return copy;
};

const MUTANTS: readonly {
  readonly name: string;
  readonly signature?: Uint8Array;
  readonly publicKey?: Uint8Array;
  readonly message?: Uint8Array;
}[] = [
  { name: 'another message', message: formatUtf8('Message') },
  {
    name: 's in the upper half',
    signature: concatBytes(r, scalarBytes(P256_ORDER - integerOf(s))),
  },
  { name: 'r of zero', signature: concatBytes(ZERO, s) },
  { name: 's of zero', signature: concatBytes(r, ZERO) },
  { name: 'r of the order', signature: concatBytes(scalarBytes(P256_ORDER), s) },
  { name: 's of the order', signature: concatBytes(r, scalarBytes(P256_ORDER)) },
  { name: 'another r', signature: concatBytes(plus(r, 1n), s) },
  { name: 'another s', signature: concatBytes(r, plus(s, 1n)) },
  { name: 'r and s in each other’s place', signature: lowS(concatBytes(s, r)) },
  { name: '63 bytes', signature: SIGNATURE.subarray(0, 63) },
  { name: '65 bytes', signature: concatBytes(SIGNATURE, Uint8Array.of(0)) },
  { name: 'no bytes', signature: new Uint8Array(0) },
  {
    name: 'DER',
    signature: new Uint8Array(opensslSign('sha256', MESSAGE, nodeEs256PrivateKey(SECRET))),
  },
  { name: 'another key', publicKey: es256Signer(scalarBytes(7n)).publicKey },
  { name: 'a key off the curve', publicKey: flipped(PUBLIC, 64) },
  { name: 'a compressed key', publicKey: concatBytes(Uint8Array.of(3), PUBLIC.subarray(1, 33)) },
  { name: 'a key in hybrid form', publicKey: concatBytes(Uint8Array.of(7), PUBLIC.subarray(1)) },
  { name: 'a key of zeros', publicKey: new Uint8Array(65) },
  { name: 'a key at infinity', publicKey: new Uint8Array(1) },
  { name: 'a key of 64 bytes', publicKey: PUBLIC.subarray(1) },
  { name: 'a key of Ed25519', publicKey: new Uint8Array(32) },
];

describe.each([
  ['es256', es256],
  ['nodeEs256', nodeEs256],
])('%s', (_, scheme) => {
  test('takes the signatures of RFC 6979, with s in the lower half only', () => {
    for (const { message, r: rHex, s: sHex } of RFC6979) {
      const raw = concatBytes(parseHex(rHex), parseHex(sHex));
      const input = { message: formatUtf8(message), publicKey: PUBLIC };
      expect(scheme.verify({ ...input, signature: lowS(raw) })).toBe(true);
      const isLow = formatHex(lowS(raw)) === formatHex(raw);
      expect(scheme.verify({ ...input, signature: raw })).toBe(isLow);
    }
  });

  test('takes what OpenSSL signs for any key and message, once s is low', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (message) => {
        const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
        const point = new Uint8Array(
          publicKey.export({ format: 'der', type: 'spki' }).subarray(26),
        );
        const raw = opensslSign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' });
        const signature = lowS(new Uint8Array(raw));
        expect(scheme.verify({ message, signature, publicKey: point })).toBe(true);
        const other = flipped(signature, message.length % 64);
        expect(scheme.verify({ message, signature: other, publicKey: point })).toBe(false);
      }),
      { numRuns: 20 },
    );
  });

  test('takes what both signers sign', async () => {
    for (const signer of [es256Signer(SECRET), nodeEs256Signer(SECRET)]) {
      expect(signer.publicKey).toEqual(PUBLIC);
      const signature = await signer.sign(MESSAGE);
      expect(scheme.verify({ message: MESSAGE, signature, publicKey: PUBLIC })).toBe(true);
    }
  });

  test.each(MUTANTS)('refuses $name', ({ name: __, ...mutant }) => {
    const sound = { message: MESSAGE, signature: SIGNATURE, publicKey: PUBLIC };
    expect(scheme.verify(sound)).toBe(true);
    expect(scheme.verify({ ...sound, ...mutant })).toBe(false);
  });

  test('refuses a signature whose point is at infinity', () => {
    // With the secret d: u1 + u2·d = 0 for r = -e/d, whatever s is.
    const { message, signature } = atInfinity();
    expect(scheme.verify({ message, signature, publicKey: PUBLIC })).toBe(false);
  });
});

/** r = -e·d⁻¹ makes the point of verification the one without coordinates. */
function atInfinity(): { message: Uint8Array; signature: Uint8Array } {
  const e = integerOf(sha256.hash(MESSAGE)) % P256_ORDER;
  const secret = integerOf(SECRET);
  const forged = ((P256_ORDER - e) * inverse(secret)) % P256_ORDER;
  return { message: MESSAGE, signature: concatBytes(scalarBytes(forged), scalarBytes(5n)) };
}

/** Fermat. */
function inverse(value: bigint): bigint {
  let [result, base, exponent] = [1n, value, P256_ORDER - 2n];
  for (; exponent > 0n; exponent /= 2n) {
    if (exponent % 2n === 1n) result = (result * base) % P256_ORDER;
    base = (base * base) % P256_ORDER;
  }
  return result;
}

describe('es256Signer, nodeEs256Signer', () => {
  const signers: readonly (readonly [string, (secret: Uint8Array) => Signer])[] = [
    ['es256Signer', es256Signer],
    ['nodeEs256Signer', nodeEs256Signer],
  ];

  test('es256Signer signs as RFC 6979', async () => {
    for (const { message, r: rHex, s: sHex } of RFC6979) {
      const expected = lowS(concatBytes(parseHex(rHex), parseHex(sHex)));
      expect(formatHex(await es256Signer(SECRET).sign(formatUtf8(message)))).toBe(
        formatHex(expected),
      );
    }
  });

  test.each(signers)(
    '%s gives what OpenSSL verifies, with s in the lower half',
    async (_, make) => {
      const signer = make(SECRET);
      const key = nodeEs256PrivateKey(SECRET);
      for (let i = 0; i < 20; i++) {
        const message = formatUtf8(`message ${i}`);
        const signature = await signer.sign(message);
        expect(integerOf(signature.subarray(32)) <= P256_ORDER / 2n).toBe(true);
        const raw = { key, dsaEncoding: 'ieee-p1363' } as const;
        expect(opensslVerify('sha256', message, raw, signature)).toBe(true);
      }
    },
  );

  test.each(signers)(
    '%s takes no secret of zero, of the order, or of another length',
    (_, make) => {
      for (const secret of [ZERO, scalarBytes(P256_ORDER), SECRET.subarray(1)]) {
        expect(() => make(secret)).toThrow();
      }
    },
  );
});

describe('isEs256PublicKey', () => {
  test('takes a point of the curve in its uncompressed form only', () => {
    expect(isEs256PublicKey(PUBLIC)).toBe(true);
    for (const { publicKey, name } of MUTANTS) {
      if (publicKey && name !== 'another key')
        expect(isEs256PublicKey(publicKey), name).toBe(false);
    }
  });
});

describe('deterministicNonce', () => {
  test('is that of RFC 6979', () => {
    for (const { message, nonce } of RFC6979) {
      const digest = sha256.hash(formatUtf8(message));
      const input = { suite: sha256, order: P256_ORDER, secret: SECRET, digest };
      expect(formatHex(scalarBytes(deterministicNonce(input)))).toBe(nonce);
    }
  });
});

describe('nodeEd25519', () => {
  test('takes no signature of another algorithm for one of its own', () => {
    const input = { message: MESSAGE, signature: SIGNATURE, publicKey: PUBLIC };
    expect(nodeEs256.verify(input)).toBe(true); // the key is known from now on
    expect(nodeEd25519.verify(input)).toBe(false);
  });
});
