import { ed25519 } from '@noble/curves/ed25519.js';
import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  concatBytes,
  ed25519Signer,
  formatHex,
  formatUtf8,
  isEd25519PublicKey,
  nobleEd25519,
  parseHex,
} from '../src/index.ts';
import { nodeEd25519, nodeEd25519Signer } from '../src/node.ts';

const { Point } = ed25519;
type Point = InstanceType<typeof Point>;
const P = 2n ** 255n - 19n;
const L = Point.Fn.ORDER;

function littleEndian(value: bigint): Uint8Array {
  return parseHex(value.toString(16).padStart(64, '0')).toReversed();
}

function toBigInt(bytes: Uint8Array): bigint {
  return BigInt(`0x${formatHex(bytes.toReversed())}`);
}

/** SHA-512 as a number modulo L (RFC 8032 §5.1.7), on the platform's code. */
function challenge(...parts: readonly Uint8Array[]): bigint {
  return (
    toBigInt(
      createHash('sha512')
        .update(concatBytes(...parts))
        .digest(),
    ) % L
  );
}

function times(point: Point, factor: bigint): Point {
  return factor % L === 0n && factor !== L ? Point.ZERO : point.multiplyUnsafe(factor % (8n * L));
}

/** All eight points whose order divides eight, from one of order eight. */
const SMALL: readonly Point[] = (() => {
  const generator = Point.fromHex(
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  );
  const points = [Point.ZERO];
  for (let i = 1; i < 8; i++) points.push(points[i - 1]!.add(generator));
  return points;
})();

/** Encodings that decode, when lax, to a point, though they are not its canonical one: y ≥ p, or x = 0 with the sign bit set. */
const NON_CANONICAL: readonly Uint8Array[] = (() => {
  const encodings: Uint8Array[] = [];
  for (let y = P; y < 2n ** 255n; y++) {
    encodings.push(littleEndian(y), littleEndian(y + 2n ** 255n));
  }
  encodings.push(littleEndian(1n + 2n ** 255n), littleEndian(P - 1n + 2n ** 255n));
  return encodings;
})();

const SECRET = 0x1234_5678_9abc_def0_1234_5678_9abc_def0n;
const NONCE = 0xfedc_ba98_7654_3210_fedc_ba98_7654_3210n;
const KEY = Point.BASE.multiply(SECRET);
const COMMITMENT = Point.BASE.multiply(NONCE);

function both(input: Parameters<typeof nobleEd25519.verify>[0]): string {
  return `${nobleEd25519.verify(input)} ${nodeEd25519.verify(input)}`;
}

describe('nobleEd25519, nodeEd25519', () => {
  test('have eight small points to test with', () => {
    expect(new Set(SMALL.map((point) => point.toHex())).size).toBe(8);
    expect(SMALL.every((point) => point.isSmallOrder())).toBe(true);
  });

  test('accept tests 1 to 3 of RFC 8032 §7.1', () => {
    for (const [publicKey, message, signature] of [
      [
        'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
        '',
        'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
      ],
      [
        '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
        '72',
        '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
      ],
      [
        'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
        'af82',
        '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
      ],
    ] as const) {
      expect(
        both({
          message: parseHex(message),
          signature: parseHex(signature),
          publicKey: parseHex(publicKey),
        }),
      ).toBe('true true');
    }
  });

  test('agree on honest signatures and on every bit flipped', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.uint8Array({ maxLength: 40 }),
        fc.nat(511),
        (seed, message, bit) => {
          const signer = nodeEd25519Signer(seed);
          const { publicKey } = signer;
          const signature = signer.sign(message) as Uint8Array; // OpenSSL signs at once
          expect(both({ message, signature, publicKey })).toBe('true true');
          const flipped = Uint8Array.from(signature);
          flipped[bit >>> 3]! ^= 1 << (bit & 7);
          expect(both({ message, signature: flipped, publicKey })).toBe('false false');
        },
      ),
      { numRuns: 50 },
    );
  });

  test('agree on random signatures by random keys', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 64, maxLength: 64 }),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        (signature, publicKey) => {
          expect(both({ message: signature, signature, publicKey })).toBe('false false');
        },
      ),
      { numRuns: 200 },
    );
  });

  test('refuse S + L, and S with any of its high bits set', () => {
    const message = formatUtf8('malleable');
    const publicKey = KEY.toBytes();
    const r = COMMITMENT.toBytes();
    const s = (NONCE + challenge(r, publicKey, message) * SECRET) % L;
    expect(both({ message, signature: concatBytes(r, littleEndian(s)), publicKey })).toBe(
      'true true',
    );
    for (let multiple = s + L; multiple < 2n ** 256n; multiple += L) {
      const signature = concatBytes(r, littleEndian(multiple));
      expect(both({ message, signature, publicKey })).toBe('false false');
    }
    for (const other of [0n, L, L - 1n, 2n ** 255n - 1n, 2n ** 256n - 1n, L - s]) {
      const signature = concatBytes(r, littleEndian(other));
      expect(both({ message, signature, publicKey })).toBe('false false');
    }
  });

  test('refuse every key of small order, also where the equation would hold', () => {
    for (const point of SMALL) {
      const publicKey = point.toBytes();
      expect(isEd25519PublicKey(publicKey)).toBe(false);
      // The equation reads R = [S]B - [k]A: with S the nonce, look for a torsion of R that makes it hold.
      let held = 0;
      for (let i = 0; i < 10; i++) {
        const message = Uint8Array.of(i);
        for (const inR of SMALL) {
          const r = COMMITMENT.add(inR);
          const k = challenge(r.toBytes(), publicKey, message);
          if (times(point, k).add(inR).equals(Point.ZERO)) held++;
          const signature = concatBytes(r.toBytes(), littleEndian(NONCE));
          expect(both({ message, signature, publicKey })).toBe('false false');
        }
      }
      expect(held).toBeGreaterThan(0);
    }
  });

  test('refuse every non-canonical key', () => {
    for (const publicKey of NON_CANONICAL) {
      expect(isEd25519PublicKey(publicKey), formatHex(publicKey)).toBe(false);
      for (const r of SMALL) {
        const signature = concatBytes(r.toBytes(), littleEndian(0n));
        const message = formatUtf8('weak');
        expect(both({ message, signature, publicKey })).toBe('false false');
      }
    }
  });

  test('refuse every non-canonical R, also where a lax decoder would find the equation to hold', () => {
    const publicKey = KEY.toBytes();
    for (const r of NON_CANONICAL) {
      const message = formatUtf8('R');
      // R of small order: S = k·a makes [S]B = [k]A, so R must be the neutral point.
      const s = (challenge(r, publicKey, message) * SECRET) % L;
      const signature = concatBytes(r, littleEndian(s));
      expect(both({ message, signature, publicKey }), formatHex(r)).toBe('false false');
    }
  });

  test('refuse every R of small order, also where the equation holds', () => {
    // OpenSSL 3.0 accepts these and 3.5 does not.
    for (const r of SMALL) {
      let held = 0;
      for (const inKey of SMALL) {
        const publicKey = KEY.add(inKey).toBytes();
        for (let n = 0; n < 8; n++) {
          const message = Uint8Array.of(n);
          const k = challenge(r.toBytes(), publicKey, message);
          if (times(inKey, k).add(r).equals(Point.ZERO)) held++;
          const signature = concatBytes(r.toBytes(), littleEndian((k * SECRET) % L));
          expect(both({ message, signature, publicKey })).toBe('false false');
        }
      }
      expect(held).toBeGreaterThan(0);
    }
  });

  test('agree on keys and R with a torsion component: the equation without the cofactor decides', () => {
    const seen = { true: 0, false: 0 };
    for (const [i, inKey] of SMALL.entries()) {
      const key = KEY.add(inKey);
      const publicKey = key.toBytes();
      for (const [j, inR] of SMALL.entries()) {
        const r = COMMITMENT.add(inR);
        for (let n = 0; n < 6; n++) {
          const message = Uint8Array.of(i, j, n);
          const k = challenge(r.toBytes(), publicKey, message);
          const s = (NONCE + k * SECRET) % L;
          // [S]B - [k]A - R lies in the small subgroup: zero or not is what the two must agree on.
          const holds = times(inKey, k).add(inR).equals(Point.ZERO);
          seen[holds ? 'true' : 'false']++;
          const signature = concatBytes(r.toBytes(), littleEndian(s));
          expect(both({ message, signature, publicKey }), `${i} ${j} ${n}`).toBe(
            `${holds} ${holds}`,
          );
        }
      }
    }
    expect(seen.true).toBeGreaterThan(10);
    expect(seen.false).toBeGreaterThan(100);
  });

  test('refuse signatures and keys of another length', () => {
    const signer = ed25519Signer(new Uint8Array(32).fill(1));
    const { publicKey } = signer;
    const message = formatUtf8('length');
    const signature = ed25519.sign(message, new Uint8Array(32).fill(1));
    const long = concatBytes(signature, new Uint8Array(1));
    expect(both({ message, signature: signature.subarray(0, 63), publicKey })).toBe('false false');
    expect(both({ message, signature: long, publicKey })).toBe('false false');
    expect(both({ message, signature: new Uint8Array(), publicKey })).toBe('false false');
    expect(both({ message, signature, publicKey: publicKey.subarray(1) })).toBe('false false');
    expect(both({ message, signature, publicKey: new Uint8Array() })).toBe('false false');
    expect(isEd25519PublicKey(publicKey.subarray(1))).toBe(false);
    expect(both({ message, signature, publicKey })).toBe('true true');
  });

  test('remember sound keys without ever taking an unsound one for one', () => {
    const message = formatUtf8('many keys');
    for (let i = 0; i < 1100; i++) {
      const seed = Uint8Array.from({ length: 32 }, (_, at) =>
        at < 2 ? (i >>> (8 * at)) & 255 : 9,
      );
      if (i % 100 === 0) {
        const signer = nodeEd25519Signer(seed);
        const signature = signer.sign(message) as Uint8Array; // OpenSSL signs at once
        expect(both({ message, signature, publicKey: signer.publicKey })).toBe('true true');
      }
      const publicKey = Point.BASE.multiply(BigInt(i + 1)).toBytes();
      nodeEd25519.verify({ message, signature: new Uint8Array(64), publicKey });
    }
    for (const point of SMALL) {
      const publicKey = point.toBytes();
      const signature = concatBytes(Point.ZERO.toBytes(), littleEndian(0n));
      expect(both({ message, signature, publicKey })).toBe('false false');
    }
  });
});

describe('ed25519Signer, nodeEd25519Signer', () => {
  test('give the same key and the same signature for a seed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.uint8Array({ maxLength: 40 }),
        async (seed, message) => {
          const [pure, node] = [ed25519Signer(seed), nodeEd25519Signer(seed)];
          expect(pure.publicKey).toEqual(node.publicKey);
          expect(await pure.sign(message)).toEqual(await node.sign(message));
        },
      ),
      { numRuns: 20 },
    );
  });
});
