import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { canonicalBytes, canonicalize, type JsonValue } from '../src/index.ts';

// The vectors that came with RFC 8785, read from beside the checkout.
const FOLDER = new URL('../../../../shared/vectors/rfc8785-jcs/cyberphone/', import.meta.url);
const ABSENT = !existsSync(FOLDER);
const names = ABSENT ? [] : readdirSync(new URL('input/', FOLDER)).map((f) => f.slice(0, -5));

describe('canonicalize', () => {
  test.skipIf(ABSENT)('writes every published input as published', () => {
    expect(names.length).toBeGreaterThanOrEqual(6);
    for (const name of names) {
      // The platform's parser, since the inputs hold fractions.
      const input = JSON.parse(
        readFileSync(new URL(`input/${name}.json`, FOLDER), 'utf8'),
      ) as JsonValue;
      const output = readFileSync(new URL(`output/${name}.json`, FOLDER));
      const hex = readFileSync(new URL(`outhex/${name}.txt`, FOLDER), 'utf8').replace(/\s/g, '');
      expect(Buffer.from(canonicalBytes(input)), name).toEqual(output);
      expect(Buffer.from(canonicalBytes(input)).toString('hex'), name).toBe(hex);
    }
  });

  test.skipIf(ABSENT)('writes the first 1,000 published numbers as published', () => {
    const file = readFileSync(new URL('es6-numbers-first-1000.txt', FOLDER), 'utf8');
    const lines = file.trimEnd().split('\n');
    expect(lines).toHaveLength(1000);
    for (const line of lines) {
      const [hex, expected] = line.split(',');
      const bits = Buffer.from(hex!.padStart(16, '0'), 'hex');
      expect(canonicalize(bits.readDoubleBE()), line).toBe(expected);
    }
  });
});
