import { parseHex } from '@anchorlog/core';
import {
  QBFT_CONSTANTS,
  formatHeader,
  formatQbftExtra,
  formatRlp,
  formatRlpInteger,
  parseHeader,
  qbftQuorum,
  qbftSealDigest,
  type QbftExtra,
} from '@anchorlog/evm-proof';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import type { DevelopmentKey } from './keys.ts';

/** What a block says before it is sealed. */
export interface BlockContent {
  readonly parentHash: Uint8Array;
  readonly proposer: Uint8Array;
  readonly stateRoot: Uint8Array;
  readonly transactionsRoot: Uint8Array;
  readonly receiptsRoot: Uint8Array;
  readonly logsBloom: Uint8Array;
  readonly number: number;
  readonly gasLimit: number;
  readonly gasUsed: number;
  /** Seconds since 1970. */
  readonly timestamp: number;
}

/** Encode a London header in QBFT form without seals, as in block 0. spec/evidence §3.1 */
export function formatUnsealed(
  content: BlockContent,
  { validators, round }: { readonly validators: readonly DevelopmentKey[]; readonly round: number },
): Uint8Array {
  return formatRlp([
    content.parentHash,
    parseHex(QBFT_CONSTANTS.ommersHash),
    content.proposer,
    content.stateRoot,
    content.transactionsRoot,
    content.receiptsRoot,
    content.logsBloom,
    parseHex(QBFT_CONSTANTS.difficulty),
    formatRlpInteger(content.number),
    formatRlpInteger(content.gasLimit),
    formatRlpInteger(content.gasUsed),
    formatRlpInteger(content.timestamp),
    formatQbftExtra(extraOf(validators, round, [])),
    parseHex(QBFT_CONSTANTS.mixHash),
    parseHex(QBFT_CONSTANTS.nonce),
    formatRlpInteger(0), // baseFeePerGas: zero on this chain
  ]);
}

/**
 * Encode a header sealed by a quorum of `validators`, the proposer among them: the form of finality without consensus, since one process
 * holds all keys. spec/evidence §3.3
 */
export function formatSealed(
  content: BlockContent,
  { validators, round }: { readonly validators: readonly DevelopmentKey[]; readonly round: number },
): Uint8Array {
  const header = parseHeader(formatUnsealed(content, { validators, round }));
  const digest = qbftSealDigest(header);
  const first = proposerAt({ number: content.number, round, validators: validators.length });
  const seals = Array.from({ length: qbftQuorum(validators.length) }, (_, i) =>
    sealWith(validators[(first + i) % validators.length]!, digest),
  );
  return formatHeader(header, formatQbftExtra(extraOf(validators, round, seals)));
}

/** Choose whose turn it is to propose: the next one for each block and each round. */
export function proposerAt({
  number,
  round,
  validators,
}: {
  readonly number: number;
  readonly round: number;
  readonly validators: number;
}): number {
  return (number + round) % validators;
}

function sealWith({ secretKey }: DevelopmentKey, digest: Uint8Array): Uint8Array {
  const signature = secp256k1.sign(digest, secretKey, { prehash: false, format: 'recovered' });
  return Uint8Array.of(...signature.subarray(1), signature[0]!); // v last, as the chain has it
}

function extraOf(
  validators: readonly DevelopmentKey[],
  round: number,
  seals: readonly Uint8Array[],
): QbftExtra {
  const addresses = validators.map(({ address }) => address);
  return { vanity: new Uint8Array(32), validators: addresses, round, seals };
}
