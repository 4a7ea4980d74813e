import { describe, expect, test } from 'vitest';
import { formatRlp, formatRlpInteger, parseRlp, type RlpItem } from '../src/index.ts';
import {
  bytes,
  hex,
  hexItem,
  readShared,
  refusal,
  rlpItem,
  sharedVector,
  vectorCases,
} from './vectors.ts';
import type { HexItem, VectorCase } from './vectors.ts';

type RlpCase = VectorCase & { readonly rlp: string; readonly item?: HexItem };

describe('parseRlp', () => {
  test.each(vectorCases('rlp.json') as readonly RlpCase[])(
    'decides as the vector says: $name',
    (vector) => {
      expect(refusal(() => parseRlp(bytes(vector.rlp)))).toBe(vector.code ?? 'accepted');
      if (vector.item === undefined) return;
      expect(hexItem(parseRlp(bytes(vector.rlp)))).toEqual(vector.item);
      expect(hex(formatRlp(rlpItem(vector.item)))).toBe(vector.rlp);
    },
  );

  const { missing } = sharedVector('ethereum-tests');

  test.skipIf(missing)('reads what the published valid vectors encode, and writes it back', () => {
    const cases = Object.entries(
      readShared('ethereum-tests/RLPTests/rlptest.json') as Record<
        string,
        { in: PublishedItem; out: string }
      >,
    );
    expect(cases.length).toBeGreaterThan(25);
    for (const [name, { in: item, out }] of cases) {
      expect(hex(formatRlp(publishedItem(item))), name).toBe(out);
      expect(hexItem(parseRlp(bytes(out))), name).toEqual(hexItem(publishedItem(item)));
    }
  });

  test.skipIf(missing)('refuses every published invalid vector', () => {
    const cases = Object.entries(
      readShared('ethereum-tests/RLPTests/invalidRLPTest.json') as Record<string, { out: string }>,
    );
    expect(cases.length).toBeGreaterThan(20);
    for (const [name, { out }] of cases) {
      expect(
        refusal(() => parseRlp(bytes(out))),
        name,
      ).toMatch(/^EVM_RLP_(MALFORMED|TRAILING)$/);
    }
  });

  test.skipIf(missing)('reads the published random list', () => {
    const { listsoflists2 } = readShared(
      'ethereum-tests/RLPTests/RandomRLPTests/example.json',
    ) as Record<string, { out: string }>;
    expect(hexItem(parseRlp(bytes(listsoflists2!.out)))).toEqual([[], [[]], [[], [[]]]]);
  });
});

/** Text is a string, a number or `#…` an integer. */
type PublishedItem = string | number | readonly PublishedItem[];

function publishedItem(item: PublishedItem): RlpItem {
  if (typeof item === 'number') return formatRlpInteger(item);
  if (typeof item !== 'string') return item.map(publishedItem);
  return item.startsWith('#')
    ? formatRlpInteger(BigInt(item.slice(1)))
    : new Uint8Array(Buffer.from(item, 'latin1'));
}
