import { execFileSync } from 'node:child_process';
import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { integerOf, scalarBytes } from '../src/ecdsa.ts';
import {
  concatBytes,
  formatDerSignature,
  formatHex,
  formatUtf8,
  parseDerSignature,
  parseHex,
} from '../src/index.ts';
import { nodeSm3 } from '../src/node.ts';
import { signSm2Digest } from '../src/sm2-sign.ts';
import {
  SM2_DEFAULT_USER_ID,
  createSm2,
  isSm2PublicKey,
  sm2,
  sm2Digest,
  sm2Signer,
} from '../src/sm2.ts';

// GB/T 32918.5-2017 Annex A.2.
const ANNEX = {
  userId: '1234567812345678',
  message: formatUtf8('message digest'),
  secret: parseHex('3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8'),
  publicKey: parseHex(
    '0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020' +
      'ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13',
  ),
  nonce: 0x59276e27d506861a16680f3ad9c02dccef3cc1fa3cdbe4ce6d54b80deac1bc21n,
  digest: 'f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640',
  signature: parseHex(
    'f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3' +
      'b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa',
  ),
};
const ORDER = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;

const { userId, message: MESSAGE, publicKey: PUBLIC, signature: SIGNATURE } = ANNEX;
const r = SIGNATURE.subarray(0, 32);
const s = SIGNATURE.subarray(32);
const ZERO = new Uint8Array(32);
const flipped = (bytes: Uint8Array, at: number): Uint8Array => {
  const copy = bytes.slice();
  copy[at]! ^= 1;
  return copy;
};

/** s = -d·e/(1 + d) and r = e: the point of verification is the one without coordinates, whose x a careless verifier takes for 0. */
function atInfinity(): Uint8Array {
  const e = integerOf(parseHex(ANNEX.digest)) % ORDER;
  const d = integerOf(ANNEX.secret);
  const t = (e * inverse(1n + d)) % ORDER;
  return concatBytes(scalarBytes(e), scalarBytes((((ORDER - d) % ORDER) * t) % ORDER));
}

function inverse(value: bigint): bigint {
  let [result, base, exponent] = [1n, value, ORDER - 2n];
  for (; exponent > 0n; exponent /= 2n) {
    if (exponent % 2n === 1n) result = (result * base) % ORDER;
    base = (base * base) % ORDER;
  }
  return result;
}

const MUTANTS: readonly {
  readonly name: string;
  readonly message?: Uint8Array;
  readonly signature?: Uint8Array;
  readonly publicKey?: Uint8Array;
  readonly userId?: string;
}[] = [
  { name: 'another message', message: formatUtf8('message digesT') },
  { name: 'another user id', userId: '1234567812345679' },
  { name: 'no user id', userId: '' },
  { name: 'the user id in hexadecimal', userId: '31323334353637383132333435363738' },
  { name: 'a user id longer than ENTL can say', userId: 'x'.repeat(8192) },
  { name: 'a user id with a lone surrogate', userId: '\ud800' },
  { name: 'r of zero', signature: concatBytes(ZERO, s) },
  { name: 's of zero', signature: concatBytes(r, ZERO) },
  { name: 'r of the order', signature: concatBytes(scalarBytes(ORDER), s) },
  { name: 's of the order', signature: concatBytes(r, scalarBytes(ORDER)) },
  {
    name: 's with the order added',
    signature: concatBytes(r, scalarBytes((integerOf(s) + ORDER) % 2n ** 256n)),
  },
  { name: 'r + s of the order', signature: concatBytes(r, scalarBytes(ORDER - integerOf(r))) },
  { name: 's negated', signature: concatBytes(r, scalarBytes(ORDER - integerOf(s))) },
  { name: 'a point at infinity', signature: atInfinity() },
  { name: 'another r', signature: flipped(SIGNATURE, 31) },
  { name: 'another s', signature: flipped(SIGNATURE, 63) },
  { name: 'r and s in each other’s place', signature: concatBytes(s, r) },
  { name: '63 bytes', signature: SIGNATURE.subarray(0, 63) },
  { name: '65 bytes', signature: concatBytes(SIGNATURE, Uint8Array.of(0)) },
  { name: 'no bytes', signature: new Uint8Array(0) },
  { name: 'DER', signature: formatDerSignature(SIGNATURE) },
  {
    name: 'a signature of the message without Z',
    signature: signSm2Digest({ secret: ANNEX.secret, digest: nodeSm3.hash(MESSAGE), nonce: 7n }),
  },
  { name: 'another key', publicKey: sm2Signer({ secret: scalarBytes(7n), userId }).publicKey },
  { name: 'a key off the curve', publicKey: flipped(PUBLIC, 64) },
  { name: 'a compressed key', publicKey: concatBytes(Uint8Array.of(3), PUBLIC.subarray(1, 33)) },
  { name: 'a key in hybrid form', publicKey: concatBytes(Uint8Array.of(7), PUBLIC.subarray(1)) },
  { name: 'a key of zeros', publicKey: new Uint8Array(65) },
  { name: 'a key at infinity', publicKey: new Uint8Array(1) },
  { name: 'a key of 64 bytes', publicKey: PUBLIC.subarray(1) },
  {
    name: 'a key whose x is not below p',
    publicKey: concatBytes(Uint8Array.of(4), new Uint8Array(32).fill(255), PUBLIC.subarray(33)),
  },
];

describe.each([
  ['sm2', sm2],
  ['createSm2(nodeSm3)', createSm2(nodeSm3)],
])('%s', (_, scheme) => {
  const sound = { message: MESSAGE, signature: SIGNATURE, publicKey: PUBLIC, userId };

  test('takes the signature of GB/T 32918.5 Annex A.2', () => {
    expect(scheme.verify(sound)).toBe(true);
  });

  test.each(MUTANTS)('refuses $name', ({ name: __, ...mutant }) => {
    expect(scheme.verify({ ...sound, ...mutant })).toBe(false);
  });
});

describe('sm2Digest', () => {
  test('is e of GB/T 32918.5 Annex A.2, and of that user id', () => {
    const { message, publicKey } = ANNEX;
    expect(formatHex(sm2Digest({ message, publicKey, userId }))).toBe(ANNEX.digest);
    expect(userId).toBe(SM2_DEFAULT_USER_ID);
  });
});

describe('isSm2PublicKey', () => {
  test('takes a point of the curve in its uncompressed form only', () => {
    expect(isSm2PublicKey(PUBLIC)).toBe(true);
    for (const { publicKey, name } of MUTANTS) {
      if (publicKey && name !== 'another key') expect(isSm2PublicKey(publicKey), name).toBe(false);
    }
  });
});

describe('sm2Signer', () => {
  test('has the public key of GB/T 32918.5 Annex A.2, and signs as it does with its nonce', () => {
    const { secret, nonce } = ANNEX;
    expect(sm2Signer({ secret, userId }).publicKey).toEqual(PUBLIC);
    const signature = signSm2Digest({ secret, nonce, digest: parseHex(ANNEX.digest) });
    expect(formatHex(signature)).toBe(formatHex(SIGNATURE));
  });

  test('gives the same signature for the same message, and another for each other', async () => {
    const { secret } = ANNEX;
    const sign = async (text: string, by = userId): Promise<string> =>
      formatHex(await sm2Signer({ secret, userId: by }).sign(formatUtf8(text)));
    const first = await sign('a');
    expect(await sign('a')).toBe(first);
    const others = [await sign('b'), await sign('a', 'alice@example.com')];
    // Were a nonce the same, so would be r - e.
    expect(new Set([first, ...others].map((each) => each.slice(0, 64))).size).toBe(3);
    expect(
      sm2.verify({
        message: formatUtf8('a'),
        signature: parseHex(first),
        publicKey: PUBLIC,
        userId,
      }),
    ).toBe(true);
  });

  test('refuses secrets out of range, of which one has no inverse', () => {
    for (const secret of [ZERO, scalarBytes(ORDER), scalarBytes(ORDER - 1n), ZERO.subarray(1)]) {
      expect(() => sm2Signer({ secret, userId })).toThrow(RangeError);
    }
    expect(() => sm2Signer({ secret: scalarBytes(ORDER - 2n), userId })).not.toThrow();
  });
});

// The openssl program, as far as it is there and has SM2: node:crypto cannot be told a user id.
const PKCS8_PREFIX = '3041020100301306072a8648ce3d020106082a811ccf5501822d042730250201010420';
const hasOpenSsl = ((): boolean => {
  try {
    const curves = execFileSync('openssl', ['ecparam', '-list_curves'], { encoding: 'utf8' });
    return curves.includes('SM2');
  } catch {
    return false;
  }
})();

describe.skipIf(!hasOpenSsl)('OpenSSL', () => {
  const dir = mkdtempSync(join(tmpdir(), 'anchorlog-sm2-'));
  const path = (name: string): string => join(dir, name);
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const openssl = (secret: Uint8Array, message: Uint8Array, id: string): readonly string[] => {
    const der = Buffer.concat([Buffer.from(PKCS8_PREFIX, 'hex'), secret]);
    const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    writeFileSync(path('key.pem'), key.export({ format: 'pem', type: 'pkcs8' }));
    writeFileSync(path('public.pem'), createPublicKey(key).export({ format: 'pem', type: 'spki' }));
    writeFileSync(path('message'), message);
    return ['-rawin', '-digest', 'sm3', '-in', path('message'), '-pkeyopt', `distid:${id}`];
  };
  const takes = (
    secret: Uint8Array,
    message: Uint8Array,
    id: string,
    signature: Uint8Array,
  ): boolean => {
    const common = openssl(secret, message, id);
    writeFileSync(path('signature'), formatDerSignature(signature));
    const key = ['-pubin', '-inkey', path('public.pem')];
    try {
      execFileSync(
        'openssl',
        ['pkeyutl', '-verify', ...key, ...common, '-sigfile', path('signature')],
        { stdio: 'pipe' },
      );
      return true;
    } catch {
      return false;
    }
  };

  test.each([SM2_DEFAULT_USER_ID, 'alice@example.com', '示例市市场监督管理局'])(
    'verifies what is signed here, and signs what verifies here, as %s',
    async (id) => {
      for (let i = 0; i < 8; i++) {
        const secret = new Uint8Array(randomBytes(32));
        secret[0] = i; // leading zeros too
        const message = new Uint8Array(randomBytes(i * 37));
        const signer = sm2Signer({ secret, userId: id });
        const signature = await signer.sign(message);
        expect(takes(secret, message, id, signature)).toBe(true);
        expect(takes(secret, message, `${id}x`, signature)).toBe(false);
        expect(takes(secret, message, id, flipped(signature, i * 8))).toBe(false);

        const common = openssl(secret, message, id);
        const der = execFileSync('openssl', [
          'pkeyutl',
          '-sign',
          '-inkey',
          path('key.pem'),
          ...common,
        ]);
        const theirs = { message, signature: parseDerSignature(der), publicKey: signer.publicKey };
        expect(sm2.verify({ ...theirs, userId: id })).toBe(true);
        expect(sm2.verify({ ...theirs, userId: `${id}x` })).toBe(false);
      }
    },
  );

  test('refuses the signature whose point is at infinity too', () => {
    expect(takes(ANNEX.secret, MESSAGE, userId, SIGNATURE)).toBe(true);
    expect(takes(ANNEX.secret, MESSAGE, userId, atInfinity())).toBe(false);
  });
});
