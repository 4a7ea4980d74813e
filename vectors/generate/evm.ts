import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { concat, encodeRlp, type RlpStructuredData } from 'ethers';
import { string, type Case } from './naive-evm.ts';
import { evidenceCases } from './evm-evidence.ts';
import { headerCases } from './evm-headers.ts';
import { receiptCases } from './evm-receipts.ts';

// Cases of chain evidence (spec/evidence). What is good and what is refused follows from how each case is made.

function rlpCases(): Case[] {
  const good: readonly (readonly [string, RlpStructuredData])[] = [
    ['the empty string', '0x'],
    ['a zero byte', '0x00'],
    ['the largest byte that is itself', '0x7f'],
    ['the smallest byte with a prefix', '0x80'],
    ['a string of 55 bytes', string(55)],
    ['a string of 56 bytes', string(56)],
    ['a string of 256 bytes', string(256)],
    ['the empty list', []],
    ['lists in lists', [[], [[]], [[], [[]]]]],
    ['a list of 55 payload bytes', [string(54)]],
    ['a list of 56 payload bytes', [string(55)]],
  ];
  const deep = (levels: number): RlpStructuredData => (levels === 1 ? [] : [deep(levels - 1)]);
  const bad: readonly (readonly [name: string, hex: string, code: string])[] = [
    ['nothing', '0x', 'EVM_RLP_MALFORMED'],
    ['a small byte with a prefix', '0x8161', 'EVM_RLP_MALFORMED'],
    ['a zero byte with a prefix', '0x8100', 'EVM_RLP_MALFORMED'],
    ['a string that ends early', '0x836161', 'EVM_RLP_MALFORMED'],
    ['a list that ends early', '0xc361', 'EVM_RLP_MALFORMED'],
    ['a string that ends outside its list', '0xc283616161', 'EVM_RLP_MALFORMED'],
    ['a list that ends outside its list', '0xc2c3616161', 'EVM_RLP_MALFORMED'],
    ['a long form of a short string', concat(['0xb837', string(55)]), 'EVM_RLP_MALFORMED'],
    ['a long form of a short list', concat(['0xf837', string(55)]), 'EVM_RLP_MALFORMED'],
    ['a length with a leading zero', concat(['0xb90038', string(56)]), 'EVM_RLP_MALFORMED'],
    ['a length of no bytes that follow', '0xb9', 'EVM_RLP_MALFORMED'],
    ['a length of 8 bytes', '0xbfffffffffffffffff', 'EVM_RLP_MALFORMED'],
    ['a list length of 8 bytes', '0xffffffffffffffffff', 'EVM_RLP_MALFORMED'],
    ['a byte after a string', '0x8000', 'EVM_RLP_TRAILING'],
    ['a byte after a list', '0xc000', 'EVM_RLP_TRAILING'],
    ['17 levels of lists', encodeRlp(deep(17)), 'EVM_RLP_LIMIT'],
  ];
  return [
    ...good.map(([name, item]) => ({ name, rlp: encodeRlp(item), accept: true, item })),
    { name: '16 levels of lists', rlp: encodeRlp(deep(16)), accept: true, item: deep(16) },
    ...bad.map(([name, rlp, code]) => ({ name, rlp, accept: false, code })),
  ];
}

/** Make the files of vectors/evm: path under vectors/ → text. */
export function generateEvm(): Readonly<Record<string, string>> {
  const file = (description: string, cases: readonly Case[]): string =>
    `${JSON.stringify({ description, cases }, undefined, 2)}\n`;
  return {
    'evm/rlp.json': file(
      'Strict RLP, spec/evidence §1. Strings are 0x hexadecimal, lists are arrays.',
      rlpCases(),
    ),
    'evm/sealed-header.json': file(
      'Headers sealed by pinned validators, spec/evidence §2 and §3.',
      headerCases(),
    ),
    'evm/receipt-proof.json': file(
      'Proofs of transaction receipts, spec/evidence §4.',
      receiptCases(),
    ),
    'evm/anchor-evidence.json': file(
      'Sealed evidence of an anchored tree head, spec/evidence §5 and §6; the hashes of the head are base64.',
      evidenceCases(),
    ),
  };
}

if (process.argv[1] === import.meta.filename) {
  for (const [path, text] of Object.entries(generateEvm())) {
    const file = new URL(`../${path}`, import.meta.url);
    mkdirSync(dirname(file.pathname), { recursive: true });
    writeFileSync(file, text);
  }
}
