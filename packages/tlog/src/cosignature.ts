import { concatBytes, formatUint64, formatUtf8, parseUint64, type Ed25519 } from '@anchorlog/core';

/** A time of 8 bytes, big endian, before an Ed25519 signature of 64 (C2SP tlog-cosignature). */
const TIME_BYTES = 8;
const SIGNATURE_BYTES = 64;

/** Make the message that a witness signs: `text` is a whole checkpoint, `time` in seconds since 1970 (C2SP tlog-cosignature, Ed25519). */
export function cosignatureMessage(text: string, time: number): Uint8Array {
  return formatUtf8(`cosignature/v1\ntime ${time}\n${text}`);
}

/** Join time and signature to what stands in the signature line. */
export function formatCosignature(time: number, signature: Uint8Array): Uint8Array {
  return concatBytes(formatUint64(time), signature);
}

/** Verify a cosignature over a checkpoint's text: its time in seconds since 1970, or undefined when it does not verify. */
export function verifyCosignature(
  of: {
    readonly text: string;
    readonly signature: Uint8Array;
    readonly publicKey: Uint8Array;
  },
  ed25519: Ed25519,
): number | undefined {
  if (of.signature.length !== TIME_BYTES + SIGNATURE_BYTES) return undefined;
  // Times beyond 2^53 - 1 seconds are refused: no witness has such a clock.
  if (of.signature[0] !== 0 || of.signature[1]! >= 0x20) return undefined;
  const time = parseUint64(of.signature);
  const message = cosignatureMessage(of.text, time);
  const signature = of.signature.subarray(TIME_BYTES);
  return ed25519.verify({ message, signature, publicKey: of.publicKey }) ? time : undefined;
}
