import { createPrivateKey, sign } from 'node:crypto';
import type { Signer } from '@anchorlog/core';
import { nodeEs256PrivateKey } from '@anchorlog/core/node';
import { signerOf, type KeyFile } from './key-file.ts';

const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex'); // RFC 8410 §7

/**
 * Make a signer that works beside the event loop, several at a time: for statements, each of which has its own signature. The
 * work is the same as `signerOf` does at once; here it is other processors' too. SM2 is signed at once: node:crypto knows no user id.
 */
export function pooledSigner(file: KeyFile): Signer {
  const signer = signerOf(file);
  if (file.alg === 'SM2') return signer;
  const isEdwards = file.alg === 'Ed25519';
  const key = isEdwards
    ? createPrivateKey({
        key: Buffer.concat([PKCS8_PREFIX, file.secret]),
        format: 'der',
        type: 'pkcs8',
      })
    : nodeEs256PrivateKey(file.secret);
  return {
    ...signer,
    sign: (message) =>
      new Promise((resolve, reject) => {
        sign(
          isEdwards ? null : 'sha256',
          message,
          { key, dsaEncoding: 'ieee-p1363' },
          (error, signature) => {
            if (error) reject(error);
            else resolve(signature);
          },
        );
      }),
  };
}
