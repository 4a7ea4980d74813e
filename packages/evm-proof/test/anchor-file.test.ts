import { formatUtf8 } from '@anchorlog/core';
import { formatAnchorFile, parseAnchorFile, type AnchorFile } from '@anchorlog/evm-proof';
import { describe, expect, test } from 'vitest';

const FILE: AnchorFile = {
  number: 1,
  head: { size: 3, rootHash: new Uint8Array(32).fill(7), indexRoot: new Uint8Array(32) },
  evidence: [
    {
      kind: 'sealed',
      chainId: 1337,
      contract: new Uint8Array(20).fill(1),
      header: Uint8Array.of(0xc0),
      txReceipt: { index: 0, logIndex: 0, nodes: [Uint8Array.of(0xc0)] },
    },
  ],
};

describe('parseAnchorFile', () => {
  test('reads what formatAnchorFile writes', () => {
    expect(parseAnchorFile(formatUtf8(formatAnchorFile(FILE)))).toEqual(FILE);
  });

  test.each([
    ['another format', '"anchorlog/anchor/1"', '"anchorlog/anchor/2"', 'EVM_ANCHOR_FILE_SHAPE'],
    ['a negative number', '"number": 1', '"number": -1', 'EVM_ANCHOR_FILE_SHAPE'],
    ['an unknown member', '"number": 1', '"number": 1, "more": 1', 'EVM_ANCHOR_FILE_SHAPE'],
    ['a short root', '"BwcH', '"Bw', 'EVM_ANCHOR_FILE_SHAPE'],
    ['other evidence', '"sealed"', '"other"', 'EVM_EVIDENCE_SHAPE'],
    ['a member twice', '"number": 1', '"number": 1, "number": 1', 'CORE_JSON_DUPLICATE'],
  ])('refuses %s', (_, from, to, code) => {
    const text = formatAnchorFile(FILE);
    expect(text).toContain(from);
    expect(() => parseAnchorFile(text.replace(from, to))).toThrow(
      expect.objectContaining({ code }),
    );
  });
});
