import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { inspectOfd } from '../src/index.ts';

interface Vectors {
  readonly maker: string;
  readonly cases: readonly {
    readonly name: string;
    readonly file: string;
    readonly integrity: string;
    readonly codes: readonly string[];
  }[];
}

const file = new URL('../../../vectors/eseal/ofd.json', import.meta.url);
const { maker, cases } = JSON.parse(readFileSync(file, 'utf8')) as Vectors; // our own file

describe('inspectOfd', () => {
  test.each(cases)('answers as written: $name', ({ file: base64, integrity, codes }) => {
    const ofd = inspectOfd(Buffer.from(base64, 'base64'), { trusted: new Set([maker]) });
    const checks = ofd.signatures.flatMap((signature) => signature.checks);
    expect(ofd.integrity).toBe(integrity);
    expect(checks.flatMap(({ outcome, code }) => (outcome === 'pass' ? [] : (code ?? [])))).toEqual(
      codes,
    );
  });
});
