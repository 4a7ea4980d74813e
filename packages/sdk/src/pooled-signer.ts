import { createPrivateKey, sign } from 'node:crypto';
import type { Signer } from '@anchorlog/core';
import { signerOf, type KeyFile } from './key-file.ts';

const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex'); // RFC 8410 §7

/**
 * Make an Ed25519 signer that works beside the event loop, several at a time: for statements, each of which has its own signature. The
 * work is the same as `signerOf` does at once; here it is other processors' too.
 */
export function pooledSigner(file: KeyFile): Signer {
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, file.secret]),
    format: 'der',
    type: 'pkcs8',
  });
  return {
    publicKey: signerOf(file).publicKey,
    sign: (message) =>
      new Promise((resolve, reject) => {
        sign(null, message, key, (error, signature) => {
          if (error) reject(error);
          else resolve(signature);
        });
      }),
  };
}
