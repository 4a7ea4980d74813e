import { equalBytes, isCodedError, parseHex } from '@anchorlog/core';
import {
  TREE_HEAD_ANCHORED,
  decodeTreeHeadAnchored,
  keccak256,
  logId,
  type AnchoredHead,
  type TreeHeadAnchored,
  type TxLog,
} from '@anchorlog/evm-proof';
import type { ChainHead } from './anchor.ts';
import type { ChainAccess, RegistryConfig } from './config.ts';
import { anchorError } from './error.ts';
import { ANCHOR_REGISTRY_CODE_HASH } from './generated/anchor-registry.ts';
import {
  LOG_CLOSED,
  decodeIsHead,
  decodeLogInfo,
  encodeIsHead,
  encodeLogInfo,
  hex,
  revertName,
  type RegisteredLog,
} from './registry.ts';
import { address, array, data, hash32, malformed, members, quantity } from './rpc-value.ts';
import { RpcClient, type RpcPost } from './rpc.ts';

/** A transaction receipt as far as the anchorer reads it. */
export interface MinedTx {
  readonly txHash: string;
  readonly blockHash: string;
  readonly blockNumber: number;
  /** Place in the block. */
  readonly index: number;
  readonly succeeded: boolean;
  readonly logs: readonly TxLog[];
  /** `0x` address, where it made a contract. */
  readonly created: string | undefined;
}

/** A block with the hashes of its transactions; `json` is the node's own answer. */
export interface ChainBlock {
  readonly number: number;
  readonly hash: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly txHashes: readonly string[];
  readonly json: unknown;
}

/** Blocks of one `eth_getLogs`: every node takes so many. */
const LOG_RANGE = 2000;
const DEFAULT_TIMEOUT_MS = 5000;
const METHOD_NOT_FOUND = -32601;

/** A chain without a contract yet: what deploying and sending need. */
export class Chain {
  readonly chainId: number;
  readonly timeoutMs: number;
  protected readonly rpc: RpcClient;

  constructor(access: ChainAccess) {
    const { url, chainId, requestTimeoutMs = DEFAULT_TIMEOUT_MS } = access;
    this.chainId = chainId;
    this.timeoutMs = requestTimeoutMs;
    this.rpc = new RpcClient({
      urls: typeof url === 'string' ? [url] : url,
      timeoutMs: requestTimeoutMs,
      admit: (post) => this.admit(post),
    });
  }

  /** Begin with the next endpoint from now on. */
  rotate(): void {
    this.rpc.rotate();
  }

  async blockNumber(signal?: AbortSignal): Promise<number> {
    return quantity(await this.rpc.call('eth_blockNumber', [], signal), 'eth_blockNumber');
  }

  /** Transactions that `sender` has sent: mined ones for `latest`, waiting ones too for `pending`. */
  async txCount(sender: string, at: 'latest' | 'pending', signal?: AbortSignal): Promise<number> {
    const method = 'eth_getTransactionCount';
    return quantity(await this.rpc.call(method, [sender, at], signal), method);
  }

  /** Hand in a signed transaction. What the node says is not looked at beyond errors: the transaction receipt tells. */
  async send(raw: string, signal?: AbortSignal): Promise<void> {
    await this.rpc.call('eth_sendRawTransaction', [raw], signal);
  }

  /** Tell whether the node has a transaction, mined or waiting. */
  async knowsTx(txHash: string, signal?: AbortSignal): Promise<boolean> {
    return (await this.rpc.call('eth_getTransactionByHash', [txHash], signal)) !== null;
  }

  async minedTx(txHash: string, signal?: AbortSignal): Promise<MinedTx | undefined> {
    const method = 'eth_getTransactionReceipt';
    const result = await this.rpc.call(method, [txHash], signal);
    if (result === null) return undefined;
    const mined = readMinedTx(result, method);
    if (mined.txHash !== txHash) throw malformed(method, 'the receipt of another transaction');
    return mined;
  }

  async block(hash: string, signal?: AbortSignal): Promise<ChainBlock | undefined> {
    const method = 'eth_getBlockByHash';
    const json = await this.rpc.call(method, [hash, false], signal);
    if (json === null) return undefined;
    const block = members(json, method);
    const txHashes = array(block['transactions'], method).map((tx) => hash32(tx, method));
    const found = hash32(block['hash'], method);
    if (found !== hash) throw malformed(method, 'another block');
    return {
      number: quantity(block['number'], method),
      hash: found,
      timestamp: quantity(block['timestamp'], method),
      txHashes,
      json,
    };
  }

  /**
   * Give all transaction receipts of a block as the node gives them, in order; undefined if one is missing, because the block has left
   * the chain meanwhile.
   */
  async blockTxReceipts(block: ChainBlock, signal?: AbortSignal): Promise<unknown[] | undefined> {
    const whole = await this.#wholeBlock(block, signal);
    if (whole !== undefined) return whole;
    const receipts: unknown[] = [];
    for (const txHash of block.txHashes) {
      const receipt = await this.rpc.call('eth_getTransactionReceipt', [txHash], signal);
      if (receipt === null) return undefined;
      receipts.push(receipt);
    }
    return receipts;
  }

  /** Is this the right chain? Asked once an endpoint, and again after it failed. @throws ANCHOR_CHAIN_MISMATCH */
  protected async admit(post: RpcPost): Promise<void> {
    const chainId = quantity(await post('eth_chainId', []), 'eth_chainId');
    if (chainId !== this.chainId) {
      throw anchorError('ANCHOR_CHAIN_MISMATCH', `expected chain ${this.chainId}, got ${chainId}`, {
        expected: this.chainId,
        got: chainId,
      });
    }
  }

  /** Not every node has the method; a block with one transaction does not need it. */
  async #wholeBlock(block: ChainBlock, signal?: AbortSignal): Promise<unknown[] | undefined> {
    if (block.txHashes.length < 2) return undefined;
    const method = 'eth_getBlockReceipts';
    try {
      const receipts = await this.rpc.call(method, [block.hash], signal);
      return Array.isArray(receipts) ? receipts : undefined;
    } catch (error) {
      if (isCodedError(error) && error.context['rpcCode'] === METHOD_NOT_FOUND) return undefined;
      if (isCodedError(error) && error.code === 'ANCHOR_RPC_REFUSED') return undefined;
      throw error;
    }
  }
}

/** One log in the registry of one chain. */
export class RegistryChain extends Chain {
  readonly contract: string;
  readonly origin: string;
  /** 32 bytes. */
  readonly logId: Uint8Array;
  /** 20 bytes. */
  readonly contractBytes: Uint8Array;
  readonly #codeHash: string;
  readonly #fromBlock: number;

  constructor(config: RegistryConfig, origin: string) {
    super(config);
    this.contract = address(config.contract);
    this.contractBytes = parseHex(this.contract.slice(2), 20);
    this.origin = origin;
    this.logId = logId(origin);
    this.#codeHash = (config.codeHash ?? ANCHOR_REGISTRY_CODE_HASH).toLowerCase();
    this.#fromBlock = config.fromBlock ?? 0;
  }

  /** Give what the contract knows of the log. @throws ANCHOR_LOG_UNREGISTERED */
  async log(signal?: AbortSignal): Promise<RegisteredLog> {
    const method = 'eth_call';
    const query = { to: this.contract, data: encodeLogInfo(this.origin) };
    try {
      const result = await this.rpc.call(method, [query, 'latest'], signal);
      if (typeof result !== 'string') throw malformed(method, 'not data');
      return decodeLogInfo(result);
    } catch (error) {
      if (refusalOf(error) !== 'AnchorRegistryUnregistered') throw error;
      throw anchorError('ANCHOR_LOG_UNREGISTERED', 'the contract knows no log of this origin');
    }
  }

  /** Ask whether the contract keeps exactly this head under `number`. */
  async isHead(number: number, head: AnchoredHead, signal?: AbortSignal): Promise<boolean> {
    const method = 'eth_call';
    const query = { to: this.contract, data: encodeIsHead(this.origin, number, head) };
    const result = await this.rpc.call(method, [query, 'latest'], signal);
    if (typeof result !== 'string') throw malformed(method, 'not data');
    return decodeIsHead(result);
  }

  /** Ask what the chain would say to a transaction. @throws ANCHOR_TX_REFUSED with the contract's `reason` if it names one */
  async simulate(
    tx: { readonly from: string; readonly data: string; readonly gas: bigint },
    signal?: AbortSignal,
  ): Promise<void> {
    const call = { ...tx, to: this.contract, gas: `0x${tx.gas.toString(16)}` };
    try {
      await this.rpc.call('eth_call', [call, 'latest'], signal);
    } catch (error) {
      if (!isCodedError(error) || error.code !== 'ANCHOR_RPC_REFUSED') throw error;
      const reason = refusalOf(error);
      throw anchorError(
        'ANCHOR_TX_REFUSED',
        `the chain would refuse the anchor: ${reason ?? error.message}`,
        { reason },
        { cause: error },
      );
    }
  }

  /** Find the anchor of this log in a mined transaction, with its place among the transaction's logs. */
  anchorIn(
    tx: MinedTx,
  ): { readonly event: TreeHeadAnchored; readonly logIndex: number } | undefined {
    for (const [logIndex, log] of tx.logs.entries()) {
      if (!equalBytes(log.address, this.contractBytes)) continue;
      if (!log.topics[0] || !equalBytes(log.topics[0], TREE_HEAD_ANCHORED)) continue;
      const event = this.#event(log, 'eth_getTransactionReceipt');
      if (equalBytes(event.logId, this.logId)) return { event, logIndex };
    }
    return undefined;
  }

  /**
   * Give the anchored heads of the log with numbers after `after`, up to the latest of `log`, in order. Looks from block `fromBlock` on.
   * @throws ANCHOR_RPC_MALFORMED if the events have gaps or end with another head than the contract's latest, or if that is said to stand in
   * a block that is yet to come
   */
  async *heads(
    log: RegisteredLog,
    { after, fromBlock }: { readonly after: number; readonly fromBlock: number },
    signal?: AbortSignal,
  ): AsyncGenerator<ChainHead> {
    const method = 'eth_getLogs';
    if (log.number <= after) return;
    // Else the looking would have no end.
    if (log.blockNumber > (await this.blockNumber(signal))) {
      throw malformed('eth_call', 'a head in a block that is yet to come');
    }
    // The contract says where the latest stands: one request if it is the only one that is missing.
    const last = log.blockNumber;
    const first = after + 1 === log.number ? last : Math.max(fromBlock, this.#fromBlock);
    for (let from = first, next = after + 1; next <= log.number; from += LOG_RANGE) {
      if (from > last) throw malformed(method, 'heads are missing');
      const to = Math.min(from + LOG_RANGE - 1, last);
      for (const head of await this.#events(from, to, signal)) {
        if (head.number <= after) continue;
        if (head.number > log.number) break; // newer than what the contract said
        if (head.number !== next) throw malformed(method, 'heads are missing, or out of order');
        const { size, rootHash } = head;
        const isLatest = size === log.size && equalBytes(rootHash, log.rootHash);
        if (next === log.number && !isLatest) {
          throw malformed(method, 'the latest head is not that of the contract');
        }
        next++;
        yield head;
      }
    }
  }

  /**
   * Find the transaction that the node names for the closing of the log; undefined if it names none. Looks from the latest head on, after
   * which a closing alone can come to be told.
   */
  async closing(log: RegisteredLog, signal?: AbortSignal): Promise<string | undefined> {
    const method = 'eth_getLogs';
    const last = await this.blockNumber(signal);
    for (let from = Math.max(log.blockNumber, this.#fromBlock); from <= last; from += LOG_RANGE) {
      const [found] = await this.#logs(
        LOG_CLOSED,
        from,
        Math.min(from + LOG_RANGE - 1, last),
        signal,
      );
      if (found !== undefined) return hash32(members(found, method)['transactionHash'], method);
    }
    return undefined;
  }

  /** Tell whether an event says that this log was closed. */
  isClosing({ address: writer, topics }: TxLog): boolean {
    return (
      equalBytes(writer, this.contractBytes) &&
      topics.length === 2 &&
      equalBytes(topics[0]!, LOG_CLOSED) &&
      equalBytes(topics[1]!, this.logId)
    );
  }

  protected override async admit(post: RpcPost): Promise<void> {
    await super.admit(post);
    const code = await post('eth_getCode', [this.contract, 'latest']);
    const got = hex(keccak256(data(code, 'eth_getCode')));
    if (got !== this.#codeHash) {
      throw anchorError('ANCHOR_CONTRACT_MISMATCH', 'the code at the contract address is another', {
        expected: this.#codeHash,
        got,
      });
    }
  }

  async #events(from: number, to: number, signal?: AbortSignal): Promise<ChainHead[]> {
    const method = 'eth_getLogs';
    const found = await this.#logs(TREE_HEAD_ANCHORED, from, to, signal);
    return found.map((item) => {
      const log = members(item, method);
      const event = this.#event(readLog(log, method), method);
      return {
        number: event.number,
        size: event.size,
        rootHash: event.rootHash,
        indexRoot: event.indexRoot,
        checked: event.checked,
        txHash: hash32(log['transactionHash'], method),
        blockNumber: quantity(log['blockNumber'], method),
        blockHash: hash32(log['blockHash'], method),
      };
    });
  }

  /** Events of this log in so many blocks, by the first topic of their kind. */
  async #logs(
    topic: Uint8Array,
    from: number,
    to: number,
    signal?: AbortSignal,
  ): Promise<readonly unknown[]> {
    const method = 'eth_getLogs';
    const filter = {
      address: this.contract,
      fromBlock: `0x${from.toString(16)}`,
      toBlock: `0x${to.toString(16)}`,
      topics: [hex(topic), hex(this.logId)],
    };
    return array(await this.rpc.call(method, [filter], signal), method);
  }

  #event(log: TxLog, method: string): TreeHeadAnchored {
    try {
      const event = decodeTreeHeadAnchored(log);
      if (event.chainId === this.chainId) return event;
    } catch (cause) {
      throw anchorError('ANCHOR_RPC_MALFORMED', `${method}: not an anchor event`, {}, { cause });
    }
    throw malformed(method, 'an event of another chain');
  }
}

/** Give the name of the contract's error that a node's refusal carries. */
function refusalOf(error: unknown): string | undefined {
  if (!isCodedError(error) || error.code !== 'ANCHOR_RPC_REFUSED') return undefined;
  const { data: found } = error.context;
  // Some nodes nest the data one deeper.
  return revertName(
    typeof found === 'object' && found !== null && 'data' in found ? found.data : found,
  );
}

function readMinedTx(value: unknown, method: string): MinedTx {
  const json = members(value, method);
  const created = json['contractAddress'];
  return {
    txHash: hash32(json['transactionHash'], method),
    blockHash: hash32(json['blockHash'], method),
    blockNumber: quantity(json['blockNumber'], method),
    index: quantity(json['transactionIndex'], method),
    succeeded: quantity(json['status'], method) === 1,
    logs: array(json['logs'], method).map((log) => readLog(members(log, method), method)),
    created:
      typeof created === 'string' && /^0x[0-9a-f]{40}$/i.test(created)
        ? address(created)
        : undefined,
  };
}

function readLog(log: Readonly<Record<string, unknown>>, method: string): TxLog {
  return {
    address: data(log['address'], method),
    topics: array(log['topics'], method).map((topic) => data(topic, method)),
    data: data(log['data'], method),
  };
}
