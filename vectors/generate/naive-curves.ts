import { createHash } from 'node:crypto';

// ECDSA and SM2 the naive way: affine points, one step at a time, nothing but their equations. spec/encoding §7 read a second time.

export interface Curve {
  readonly p: bigint;
  readonly a: bigint;
  readonly b: bigint;
  readonly n: bigint;
  readonly g: readonly [bigint, bigint];
  /** SPKI up to the point. */
  readonly prefix: string;
}

export const P256: Curve = {
  p: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
  a: -3n,
  b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  g: [
    0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
    0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
  ],
  prefix: '3059301306072a8648ce3d020106082a8648ce3d030107034200',
};

export const SM2: Curve = {
  p: 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn,
  a: -3n,
  b: 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n,
  n: 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n,
  g: [
    0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n,
    0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n,
  ],
  prefix: '3059301306072a8648ce3d020106082a811ccf5501822d034200',
};

type Point = readonly [bigint, bigint] | undefined;

const mod = (value: bigint, by: bigint): bigint => ((value % by) + by) % by;

export function inverse(value: bigint, by: bigint): bigint {
  let [result, base, exponent] = [1n, mod(value, by), by - 2n];
  for (; exponent > 0n; exponent /= 2n) {
    if (exponent % 2n === 1n) result = (result * base) % by;
    base = (base * base) % by;
  }
  return result;
}

function add({ p, a }: Curve, left: Point, right: Point): Point {
  if (!left || !right) return left ?? right;
  const [[x1, y1], [x2, y2]] = [left, right];
  if (x1 === x2 && mod(y1 + y2, p) === 0n) return undefined;
  const slope =
    x1 === x2 ? (3n * x1 * x1 + a) * inverse(2n * y1, p) : (y2 - y1) * inverse(x2 - x1, p);
  const x = mod(slope * slope - x1 - x2, p);
  return [x, mod(slope * (x1 - x) - y1, p)];
}

function times(curve: Curve, scalar: bigint): readonly [bigint, bigint] {
  let [sum, step, rest]: [Point, Point, bigint] = [undefined, curve.g, scalar];
  for (; rest > 0n; rest /= 2n) {
    if (rest % 2n === 1n) sum = add(curve, sum, step);
    step = add(curve, step, step);
  }
  return sum!; // no multiple of the order is asked for
}

export const bytes32 = (value: bigint): Buffer =>
  Buffer.from(value.toString(16).padStart(64, '0'), 'hex');
export const toInteger = (bytes: Uint8Array): bigint =>
  BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
const digestOf = (name: string, ...parts: readonly Uint8Array[]): Buffer =>
  createHash(name).update(Buffer.concat(parts)).digest();

/** `04 ‖ x ‖ y` of a secret. */
export function publicKeyOf(curve: Curve, secret: bigint): Buffer {
  return Buffer.concat([Buffer.of(4), ...times(curve, secret).map(bytes32)]);
}

/** FIPS 186-5 §6.4.1, s as it comes. */
export function signEs256(secret: bigint, nonce: bigint, message: Uint8Array): [bigint, bigint] {
  const { n } = P256;
  const r = mod(times(P256, nonce)[0], n);
  return [r, mod(inverse(nonce, n) * (toInteger(digestOf('sha256', message)) + r * secret), n)];
}

/** GB/T 32918.2-2016 §5.5. */
export function sm2DigestOf(publicKey: Uint8Array, userId: string, message: Uint8Array): Buffer {
  const id = Buffer.from(userId);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(id.length * 8);
  const curve = [mod(SM2.a, SM2.p), SM2.b, ...SM2.g].map(bytes32);
  const z = digestOf('sm3', length, id, ...curve, publicKey.subarray(1));
  return digestOf('sm3', z, message);
}

/** GB/T 32918.2-2016 §6.1. */
export function signSm2(secret: bigint, nonce: bigint, digest: Uint8Array): [bigint, bigint] {
  const { n } = SM2;
  const r = mod(toInteger(digest) + times(SM2, nonce)[0], n);
  return [r, mod(inverse(1n + secret, n) * (nonce - r * secret), n)];
}
