import { sm3 as hexDigest } from 'sm-crypto-v2';
import { parseHex } from './bytes.ts';
import type { HashSuite } from './hash.ts';

/** SM3 (GB/T 32905-2016) in JavaScript, where there is no `node:crypto`: `@anchorlog/core/node` has the same suite many times faster. */
export const sm3: HashSuite = {
  name: 'sm3',
  hash: (data) => parseHex(hexDigest(data)),
};
