import { concatBytes, parseHex } from './bytes.ts';
import { coreError } from './error.ts';

/** Order of the group of P-256 (SEC 2 §2.4.2). */
export const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

const SCALAR = 32;

/** Read bytes as an integer, big endian. */
export function integerOf(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = value * 256n + BigInt(byte);
  return value;
}

/** Write an integer below 2^256 as 32 bytes, big endian. */
export function scalarBytes(value: bigint): Uint8Array {
  return parseHex(value.toString(16).padStart(2 * SCALAR, '0'));
}

/** Read `r ‖ s`, both from 1 to below `order`; undefined for anything else. */
export function scalarsOf(
  signature: Uint8Array,
  order: bigint,
): { readonly r: bigint; readonly s: bigint } | undefined {
  if (signature.length !== 2 * SCALAR) return undefined;
  const r = integerOf(signature.subarray(0, SCALAR));
  const s = integerOf(signature.subarray(SCALAR));
  return r > 0n && r < order && s > 0n && s < order ? { r, s } : undefined;
}

/**
 * Give the form of an ES256 signature `r ‖ s` that verifiers take, with s in the lower half of the order: devices give either
 * (spec/encoding §7.1). What is no signature stays as it is.
 */
export function lowS(signature: Uint8Array): Uint8Array {
  const scalars = scalarsOf(signature, P256_ORDER);
  if (!scalars || scalars.s <= P256_ORDER / 2n) return signature;
  return concatBytes(signature.subarray(0, SCALAR), scalarBytes(P256_ORDER - scalars.s));
}

/**
 * Read a signature in DER, `SEQUENCE { INTEGER r, INTEGER s }` (RFC 3279 §2.2.3, GM/T 0009), as `r ‖ s` of 64 bytes: what OpenSSL, most KMS
 * and HSM give. @throws CORE_SIGNATURE_DER for anything but the one encoding of two integers of 1 to 32 bytes
 */
export function parseDerSignature(der: Uint8Array): Uint8Array {
  const [tag, length = -1] = der;
  if (tag !== 0x30 || length !== der.length - 2) throw malformed();
  const r = readInteger(der, 2);
  const s = readInteger(der, r.end);
  if (s.end !== der.length) throw malformed();
  return concatBytes(r.scalar, s.scalar);
}

/** Write `r ‖ s` of 64 bytes in DER, for programs that take no other form. */
export function formatDerSignature(signature: Uint8Array): Uint8Array {
  if (signature.length !== 2 * SCALAR) throw new RangeError('signature: expected 64 bytes');
  const [r, s] = [signature.subarray(0, SCALAR), signature.subarray(SCALAR)].map(derInteger);
  return concatBytes(Uint8Array.of(0x30, r!.length + s!.length), r!, s!);
}

/** X.690 §8.3: no leading byte that could be left out, and no negative number. */
function readInteger(
  der: Uint8Array,
  at: number,
): { readonly scalar: Uint8Array; readonly end: number } {
  const [tag, length = 0, first = 0, second = 0] = der.subarray(at);
  const end = at + 2 + length;
  if (tag !== 0x02 || length < 1 || length > SCALAR + 1 || end > der.length) throw malformed();
  const isPadded = first === 0 && length > 1;
  if (first > 0x7f || (isPadded && second < 0x80)) throw malformed();
  const bytes = der.subarray(at + 2 + (isPadded ? 1 : 0), end);
  if (bytes.length > SCALAR) throw malformed();
  const scalar = new Uint8Array(SCALAR);
  scalar.set(bytes, SCALAR - bytes.length);
  return { scalar, end };
}

function derInteger(scalar: Uint8Array): Uint8Array {
  const begin = Math.max(
    0,
    scalar.findIndex((byte) => byte !== 0),
  );
  const bytes = scalar.subarray(scalar.every((byte) => byte === 0) ? SCALAR - 1 : begin);
  const padded = bytes[0]! > 0x7f ? concatBytes(Uint8Array.of(0), bytes) : bytes;
  return concatBytes(Uint8Array.of(0x02, padded.length), padded);
}

function malformed(): Error {
  return coreError('CORE_SIGNATURE_DER', 'signature: expected DER of two integers up to 32 bytes');
}
