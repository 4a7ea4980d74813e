import type { ValueType } from '@anchorlog/statement';
import { patternReach } from './pattern.ts';

/** Room for public claims; the rest of an entry's 65,535 bytes is for commitments, keys, links and signature (spec/profiles §5.2). */
export const PUBLIC_CLAIM_BYTES = 49_152;

/** Bytes of a character in canonical JSON: of text that anybody may write up to six, since a control character is escaped. */
const ESCAPED_BYTES = 6;
const UNICODE_BYTES = 4;
const QUOTED_BYTES = 2;
const QUOTES = 2;
const INTEGER_BYTES = 17;
const INSTANT_BYTES = 31;
const DATE_BYTES = 12;
const IDENTIFIER_BYTES = 96;
const PSEUDONYM_CHARACTERS = 232;
const DIGEST_BYTES = '{"alg":"SHA-512","salted":false,"value":""}'.length + 128;

/** Compute the most bytes that a value of this type has in canonical JSON. */
export function mostBytes(type: ValueType): number {
  switch (type.kind) {
    case 'string':
      return type.max * bytesOfCharacter(type.pattern) + QUOTES;
    case 'enum':
      return Math.max(0, ...type.values.map((value) => value.length * UNICODE_BYTES)) + QUOTES;
    case 'integer':
      return INTEGER_BYTES;
    case 'boolean':
      return 'false'.length;
    case 'instant':
      return INSTANT_BYTES;
    case 'date':
      return DATE_BYTES;
    case 'identifier':
      return IDENTIFIER_BYTES;
    case 'digest':
      return DIGEST_BYTES;
    case 'pseudonym':
      return PSEUDONYM_CHARACTERS * ESCAPED_BYTES + '{"id":"","kind":""}'.length;
    case 'object':
    case 'profile':
      return type.bytes;
    case 'array':
      return QUOTES + type.max * (mostBytes(type.items) + 1);
    default:
      return type satisfies never;
  }
}

function bytesOfCharacter(pattern: string | undefined): number {
  if (pattern === undefined) return ESCAPED_BYTES;
  const { isOpen, takesSpace, takesBeyondAscii, takesQuotes } = patternReach(pattern);
  if (isOpen) return UNICODE_BYTES;
  if (takesSpace) return ESCAPED_BYTES;
  if (takesBeyondAscii) return UNICODE_BYTES;
  return takesQuotes ? QUOTED_BYTES : 1;
}
