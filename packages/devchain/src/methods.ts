import { formatHex } from '@anchorlog/core';
import { getMerkleStateProof } from '@ethereumjs/statemanager';
import {
  blockAnswer,
  hexData,
  hexQuantity,
  logAnswers,
  txAnswer,
  txReceiptAnswer,
} from './answer.ts';
import { callContract, callParam, estimateGas, requestGas } from './call.ts';
import type { Chain, MinedBlock } from './chain.ts';
import { logFilterParam } from './log-filter.ts';
import {
  addressParam,
  dataParam,
  invalid,
  objectParam,
  quantityParam,
  slotParam,
} from './param.ts';
import { RpcError } from './rpc-error.ts';

/** A JSON-RPC method: takes the params in order, gives the result as JSON, throws RpcError. */
export type RpcMethod = (...params: readonly unknown[]) => unknown;

const CLIENT = 'anchorlog-devchain/0.1.0';
const MOST_LOGS = 10_000;
const MOST_SLOTS = 1024;

/**
 * Make the methods of a chain: those that one can rely on with every node, and the proofs. All calls of contracts through them share the gas
 * of one request.
 */
export function createMethods(chain: Chain): ReadonlyMap<string, RpcMethod> {
  const gas = requestGas();
  const blockAt = (tag: unknown): MinedBlock | undefined => findBlock(chain, tag);
  const knownBlock = (tag: unknown): MinedBlock => {
    const block = blockAt(tag ?? 'latest');
    if (!block) throw new RpcError('refused', 'header not found');
    return block;
  };
  const blockByHash = (hash: unknown): MinedBlock | undefined =>
    chain.blockByHash(formatHex(dataParam(hash, 'block hash', 32)));
  const account = async (address: unknown, tag: unknown): Promise<AccountView> => {
    const at = addressParam(address, 'address');
    return chain.read(knownBlock(tag), async (_, state) => {
      const found = await state.getAccount(at);
      return { nonce: found?.nonce ?? 0n, balance: found?.balance ?? 0n };
    });
  };

  const methods: Readonly<Record<string, RpcMethod>> = {
    eth_chainId: () => hexQuantity(chain.chainId),
    net_version: () => String(chain.chainId),
    web3_clientVersion: () => CLIENT,
    eth_syncing: () => false,
    // This node holds no keys of its callers: they sign, and send raw transactions.
    eth_accounts: () => [],
    eth_gasPrice: () => '0x0',
    eth_maxPriorityFeePerGas: () => '0x0',
    eth_blockNumber: () => hexQuantity(chain.latest.number),

    eth_getBlockByNumber: (tag, full) => blockOrNull(blockAt(tag), full),
    eth_getBlockByHash: (hash, full) => blockOrNull(blockByHash(hash), full),
    eth_getTransactionByHash: (value) => {
      const hash = formatHex(dataParam(value, 'transaction hash', 32));
      const mined = chain.mined(hash);
      if (mined) return txAnswer(mined, chain.block(mined.blockNumber));
      const waiting = chain.waiting(hash);
      return waiting ? txAnswer(waiting) : null;
    },
    eth_getTransactionReceipt: (value) => {
      const mined = chain.mined(formatHex(dataParam(value, 'transaction hash', 32)));
      return mined ? txReceiptAnswer(mined, chain.block(mined.blockNumber)!) : null;
    },
    eth_getBlockReceipts: (tag) => {
      const block = isHash(tag) ? blockByHash(tag) : blockAt(tag);
      return block ? block.txs.map((tx) => txReceiptAnswer(tx, block)) : null;
    },
    eth_getLogs: (value) => logs(chain, value, { blockAt, blockByHash }),

    eth_getTransactionCount: async (address, tag) =>
      hexQuantity(
        tag === 'pending'
          ? await chain.pendingNonce(addressParam(address, 'address'))
          : (await account(address, tag)).nonce,
      ),
    eth_getBalance: async (address, tag) => hexQuantity((await account(address, tag)).balance),
    eth_getCode: (address, tag) => {
      const at = addressParam(address, 'address');
      return chain.read(knownBlock(tag), async (_, state) => hexData(await state.getCode(at)));
    },
    eth_getStorageAt: (address, slot, tag) => {
      const at = addressParam(address, 'address');
      const key = slotParam(slot, 'slot');
      return chain.read(knownBlock(tag), async (_, state) => {
        const value = formatHex(await state.getStorage(at, key));
        return `0x${value.padStart(64, '0')}`;
      });
    },
    eth_getProof: (address, slots, tag) => {
      const at = addressParam(address, 'address');
      const keys = slotsParam(slots);
      return chain.read(knownBlock(tag), (_, state) => getMerkleStateProof(state, at, keys));
    },

    eth_call: (value, tag) => {
      const block = knownBlock(tag);
      const request = callParam(value);
      return chain.read(block, async (vm) => hexData(await callContract(vm, block, request, gas)));
    },
    eth_estimateGas: (value, tag) => {
      const block = knownBlock(tag);
      const request = callParam(value);
      return chain.read(block, async (vm) =>
        hexQuantity(await estimateGas(vm, block, request, gas)),
      );
    },
    eth_sendRawTransaction: async (raw) => `0x${await chain.submit(dataParam(raw, 'transaction'))}`,
  };
  return new Map(Object.entries(methods));
}

interface AccountView {
  readonly nonce: bigint;
  readonly balance: bigint;
}

/** Find a block by tag, number, or an object that names either (EIP-1898). A sealed block is final, so that all tags but one are the newest. */
function findBlock(chain: Chain, tag: unknown): MinedBlock | undefined {
  switch (tag) {
    case 'latest':
    case 'pending':
    case 'safe':
    case 'finalized':
      return chain.latest;
    case 'earliest':
      return chain.block(0);
    default:
      break;
  }
  if (typeof tag === 'string') return chain.block(Number(quantityParam(tag, 'block number')));
  const named = objectParam(tag, 'block');
  if (named['blockHash'] !== undefined) {
    return chain.blockByHash(formatHex(dataParam(named['blockHash'], 'blockHash', 32)));
  }
  return chain.block(Number(quantityParam(named['blockNumber'], 'blockNumber')));
}

function isHash(tag: unknown): boolean {
  return typeof tag === 'string' && tag.length === 66;
}

function blockOrNull(block: MinedBlock | undefined, full: unknown): unknown {
  return block ? blockAnswer(block, { full: full === true }) : null;
}

function slotsParam(slots: unknown): Uint8Array[] {
  if (!Array.isArray(slots) || slots.length > MOST_SLOTS) {
    throw invalid('slots', `an array of at most ${MOST_SLOTS}`);
  }
  return slots.map((slot) => slotParam(slot, 'slot'));
}

function logs(
  chain: Chain,
  value: unknown,
  {
    blockAt,
    blockByHash,
  }: Readonly<Record<'blockAt' | 'blockByHash', (value: unknown) => MinedBlock | undefined>>,
): unknown[] {
  const filter = logFilterParam(value);
  let from: MinedBlock | undefined;
  let to: MinedBlock | undefined;
  if (filter.blockHash === undefined) {
    from = blockAt(filter.fromBlock ?? 'latest');
    to = blockAt(filter.toBlock ?? 'latest') ?? chain.latest;
  } else {
    from = to = blockByHash(filter.blockHash);
    if (!from) throw new RpcError('refused', 'unknown block');
  }
  const found: unknown[] = [];
  for (let number = from?.number ?? Infinity; number <= to!.number; number++) {
    const block = chain.block(number)!;
    for (const tx of block.txs) {
      const answers = logAnswers(tx, block);
      tx.receipt.logs.forEach((log, i) => {
        if (filter.matches(log)) found.push(answers[i]);
      });
      if (found.length > MOST_LOGS) {
        throw new RpcError('limit', `query returned more than ${MOST_LOGS} results`);
      }
    }
  }
  return found;
}
