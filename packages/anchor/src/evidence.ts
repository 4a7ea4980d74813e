import { isCodedError, parseHex } from '@anchorlog/core';
import {
  encodeHeader,
  encodeTxReceipt,
  parseRpcTxReceipt,
  proveTxReceipt,
  validatorsAt,
  verifyAnchorEvidence,
  verifySealedHeader,
  verifyTxReceiptProof,
  type AnchoredHead,
  type SealedEvidence,
  type ValidatorSet,
} from '@anchorlog/evm-proof';
import type { Anchor } from './anchor.ts';
import type { ChainBlock, MinedTx, RegistryChain } from './chain.ts';
import type { Finality } from './config.ts';
import { anchorError } from './error.ts';
import { hex, type RegisteredLog } from './registry.ts';

/** What looking for the finality of a mined head gave. */
export type FinalityAnswer =
  /** The transaction, or its block, is not on the chain (any more). */
  | { readonly kind: 'gone' }
  /** Too few blocks stand on it yet. */
  | { readonly kind: 'early' }
  | { readonly kind: 'final'; readonly anchor: Anchor };

/**
 * Look whether the transaction that anchored `head` is final, and if so give the anchor with its evidence, which was verified as any
 * verifier would. spec/anchor §8
 * @throws ANCHOR_EVIDENCE_REFUSED if the evidence does not verify, ANCHOR_RPC_…
 */
export async function proveFinality({
  chain,
  txHash,
  head,
  finality,
  signal,
}: {
  readonly chain: RegistryChain;
  readonly txHash: string;
  readonly head: AnchoredHead;
  readonly finality: Finality;
  readonly signal?: AbortSignal | undefined;
}): Promise<FinalityAnswer> {
  const tx = await chain.minedTx(txHash, signal);
  const found = tx?.succeeded ? chain.anchorIn(tx) : undefined;
  if (!tx || !found) return { kind: 'gone' };
  if (finality.kind === 'depth') {
    const height = await chain.blockNumber(signal);
    if (height < tx.blockNumber + finality.blocks) return { kind: 'early' };
  }
  const block = await chain.block(tx.blockHash, signal);
  if (!block) return { kind: 'gone' };
  const anchor: Anchor = {
    chainId: chain.chainId,
    contract: chain.contract,
    number: found.event.number,
    head,
    txHash,
    blockNumber: tx.blockNumber,
    blockHash: tx.blockHash,
    blockTime: block.timestamp,
    evidence: undefined,
  };
  if (finality.kind === 'depth') return { kind: 'final', anchor };

  const receipts = await chain.blockTxReceipts(block, signal);
  if (!receipts) return { kind: 'gone' };
  try {
    const evidence = sealEvidence({ chain, tx, logIndex: found.logIndex, block, receipts });
    const proved = verifyAnchorEvidence({
      evidence,
      validators: pinnedAt(finality, tx.blockNumber),
      chainId: chain.chainId,
      contract: chain.contractBytes,
      logId: chain.logId,
      head,
    });
    // What is kept beside the evidence is what the evidence says, not what the node said.
    const { number, blockNumber, blockTime } = proved;
    const blockHash = hex(proved.blockHash);
    if (blockHash !== tx.blockHash) throw new Error('the node names another block hash'); // spec/evidence §2.2
    return {
      kind: 'final',
      anchor: { ...anchor, number, blockNumber, blockHash, blockTime, evidence },
    };
  } catch (cause) {
    throw anchorError(
      'ANCHOR_EVIDENCE_REFUSED',
      `evidence for the head of size ${head.size} in block ${tx.blockNumber}: ${
        isCodedError(cause) ? `${cause.code}: ${cause.message}` : String(cause)
      }`,
      { size: head.size, blockNumber: tx.blockNumber },
      { cause },
    );
  }
}

/**
 * Tell whether it is proved that the authority closed the log: by the event, in a block that is final. False while nothing proves it.
 * spec/anchor §7.3 @throws ANCHOR_RPC_…
 */
export async function proveClosed({
  chain,
  log,
  finality,
  signal,
}: {
  readonly chain: RegistryChain;
  readonly log: RegisteredLog;
  readonly finality: Finality;
  readonly signal?: AbortSignal | undefined;
}): Promise<boolean> {
  const txHash = await chain.closing(log, signal);
  const tx = txHash === undefined ? undefined : await chain.minedTx(txHash, signal);
  const logIndex = tx?.succeeded ? tx.logs.findIndex((each) => chain.isClosing(each)) : -1;
  if (!tx || logIndex < 0) return false;
  if (finality.kind === 'depth') {
    return (await chain.blockNumber(signal)) >= tx.blockNumber + finality.blocks;
  }
  const block = await chain.block(tx.blockHash, signal);
  const receipts = block && (await chain.blockTxReceipts(block, signal));
  if (!receipts) return false;
  try {
    const { header, txReceipt } = sealEvidence({ chain, tx, logIndex, block, receipts });
    const { receiptsRoot, number } = verifySealedHeader({
      header,
      validators: pinnedAt(finality, tx.blockNumber),
    });
    const { index, nodes } = txReceipt;
    const proved = verifyTxReceiptProof({ receiptsRoot, index, nodes });
    const event = proved.logs[logIndex];
    return number === tx.blockNumber && proved.status === 1 && !!event && chain.isClosing(event);
  } catch (error) {
    if (isCodedError(error)) return false;
    throw error;
  }
}

function pinnedAt(
  finality: Finality & { kind: 'sealed' },
  blockNumber: number,
): readonly Uint8Array[] {
  const sets = finality.validatorSets.map(
    ({ fromBlock, untilBlock, validators }): ValidatorSet => ({
      fromBlock,
      untilBlock,
      validators: validators.map((each) => parseHex(each.toLowerCase().slice(2), 20)),
    }),
  );
  return validatorsAt(sets, blockNumber);
}

/** Rebuild the header and the receipts trie from what the node gave. */
function sealEvidence({
  chain,
  tx,
  logIndex,
  block,
  receipts,
}: {
  readonly chain: RegistryChain;
  readonly tx: MinedTx;
  readonly logIndex: number;
  readonly block: ChainBlock;
  readonly receipts: readonly unknown[];
}): SealedEvidence {
  const encoded = receipts.map((receipt) => encodeTxReceipt(parseRpcTxReceipt(receipt)));
  return {
    kind: 'sealed',
    chainId: chain.chainId,
    contract: chain.contractBytes,
    header: encodeHeader(block.json),
    txReceipt: { index: tx.index, logIndex, nodes: proveTxReceipt(encoded, tx.index) },
  };
}
