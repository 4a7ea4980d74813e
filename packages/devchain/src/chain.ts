import { formatHex, parseHex } from '@anchorlog/core';
import {
  buildTrie,
  encodeTxReceipt,
  formatRlp,
  formatRlpInteger,
  headerHash,
  parseHeader,
  qbftBlockHash,
  receiptsRoot,
  type TxReceipt,
} from '@anchorlog/evm-proof';
import { createBlock, type Block } from '@ethereumjs/block';
import { Hardfork, Mainnet, createCustomCommon, type Common } from '@ethereumjs/common';
import { Caches, MerkleStateManager } from '@ethereumjs/statemanager';
import { Account, Address } from '@ethereumjs/util';
import { createVM, runTx, type RunTxResult, type VM } from '@ethereumjs/vm';
import type { DevelopmentKey } from './keys.ts';
import { Lock } from './lock.ts';
import { Pool, type PendingTx, type SenderState } from './pool.ts';
import { formatSealed, formatUnsealed, proposerAt } from './seal.ts';

/** A transaction in its block. */
export interface MinedTx extends PendingTx {
  readonly index: number;
  readonly receipt: TxReceipt;
  readonly gasUsed: number;
  /** 20 bytes, where the transaction made a contract. */
  readonly created: Uint8Array | undefined;
  /** How many logs the transactions before it in the block wrote. */
  readonly firstLog: number;
  readonly blockNumber: number;
}

/** A sealed block, or block 0. */
export interface MinedBlock {
  readonly number: number;
  /** 32 bytes. */
  readonly hash: Uint8Array;
  /** Raw RLP, with the seals. */
  readonly header: Uint8Array;
  /** 32 bytes. */
  readonly stateRoot: Uint8Array;
  readonly txs: readonly MinedTx[];
  /** What the EVM sees of it. */
  readonly environment: Block;
}

export interface ChainOptions {
  readonly chainId: number;
  readonly validators: readonly DevelopmentKey[];
  readonly accounts: readonly DevelopmentKey[];
  /** Whether every transaction gets its block at once. */
  readonly automine: boolean;
  /** Milliseconds since 1970, now. */
  readonly clock: () => number;
  /** Seconds since 1970, of block 0. */
  readonly genesisTime: number;
}

export const BLOCK_GAS_LIMIT = 30_000_000;
/** Wei of each test account at the start. */
const FUNDS = 10_000n * 10n ** 18n;
const BLOOM_BYTES = 256;

/** The chain: a real EVM with London's rules, and blocks in QBFT form. Kept in memory. */
export class Chain {
  readonly chainId: number;
  readonly #options: ChainOptions;
  readonly #vm: VM;
  readonly #state: MerkleStateManager;
  /** Reads the state of any block, beside the one that grows. */
  readonly #reader: VM;
  readonly #pool: Pool;
  readonly #writing = new Lock();
  readonly #reading = new Lock();
  readonly #blocks: MinedBlock[] = [];
  readonly #byHash = new Map<string, MinedBlock>();
  readonly #txs = new Map<string, MinedTx>();

  private constructor(options: ChainOptions, vm: VM, state: MerkleStateManager, reader: VM) {
    this.chainId = options.chainId;
    this.#options = options;
    this.#vm = vm;
    this.#state = state;
    this.#reader = reader;
    this.#pool = new Pool({ common: vm.common, gasLimit: BLOCK_GAS_LIMIT });
  }

  /** Start a chain with block 0, which funds the accounts, and block 1, the first sealed one. */
  static async create(options: ChainOptions): Promise<Chain> {
    const { chainId, accounts } = options;
    const common = createCustomCommon({ chainId }, Mainnet, { hardfork: Hardfork.London });
    const state = new MerkleStateManager({ common, caches: new Caches() });
    for (const { address } of accounts) {
      await state.putAccount(new Address(address), new Account(0n, FUNDS));
    }
    await state.flush();
    const blockHashes = {
      getBlock: (number: number) => Promise.resolve({ hash: () => chain.block(number)!.hash }),
      putBlock: () => Promise.resolve(),
      shallowCopy: () => blockHashes,
    };
    const vmOf = (stateManager: MerkleStateManager): Promise<VM> =>
      createVM({ common, stateManager, blockchain: blockHashes });
    const chain = new Chain(options, await vmOf(state), state, await vmOf(state.shallowCopy()));
    await chain.#genesis(common);
    await chain.mine();
    return chain;
  }

  /** The newest block. */
  get latest(): MinedBlock {
    return this.#blocks.at(-1)!; // block 0 stands there from the start
  }

  block(number: number): MinedBlock | undefined {
    return this.#blocks[number];
  }

  blockByHash(hash: string): MinedBlock | undefined {
    return this.#byHash.get(hash);
  }

  /** Give a mined transaction by its hash (hexadecimal). */
  mined(hash: string): MinedTx | undefined {
    return this.#txs.get(hash);
  }

  /** Give a waiting transaction by its hash (hexadecimal). */
  waiting(hash: string): PendingTx | undefined {
    return this.#pool.find(hash);
  }

  /** Give the sender's next nonce, its waiting transactions counted. */
  async pendingNonce(from: Address): Promise<number> {
    const { nonce } = await this.read(this.latest, () => senderState(this.#readerState, from));
    return this.#pool.nextNonce(formatHex(from.bytes), nonce);
  }

  /** Run `task` on the state after `block`; what it changes is its own to undo. */
  read<T>(block: MinedBlock, task: (vm: VM, state: MerkleStateManager) => Promise<T>): Promise<T> {
    return this.#reading.run(async () => {
      await this.#readerState.setStateRoot(block.stateRoot);
      return task(this.#reader, this.#readerState);
    });
  }

  /** Take a signed transaction in, and mine it where every transaction gets its block at once. Gives its hash (hexadecimal). */
  submit(raw: Uint8Array): Promise<string> {
    return this.#writing.run(async () => {
      const pending = this.#pool.parse(raw);
      const from = new Address(pending.tx.getSenderAddress().bytes);
      this.#pool.add(pending, await senderState(this.#state, from));
      if (this.#options.automine) await this.#mine();
      return pending.hash;
    });
  }

  /** Mine one block of what waits, maybe of nothing. */
  mine(): Promise<MinedBlock> {
    return this.#writing.run(() => this.#mine());
  }

  get #readerState(): MerkleStateManager {
    return this.#reader.stateManager as MerkleStateManager; // given to it in create()
  }

  async #genesis(common: Common): Promise<void> {
    const { validators, genesisTime } = this.#options;
    const stateRoot = await this.#state.getStateRoot();
    const content = {
      parentHash: new Uint8Array(32),
      proposer: new Uint8Array(20),
      stateRoot,
      transactionsRoot: buildTrie([]).root,
      receiptsRoot: receiptsRoot([]),
      logsBloom: new Uint8Array(BLOOM_BYTES),
      number: 0,
      gasLimit: BLOCK_GAS_LIMIT,
      gasUsed: 0,
      timestamp: genesisTime,
    };
    const header = formatUnsealed(content, { validators, round: 0 });
    const hash = headerHash(parseHeader(header));
    const environment = environmentOf(content, common);
    this.#keep({ number: 0, hash, header, stateRoot, txs: [], environment });
  }

  /** Build, seal and keep a block. Nothing of it is seen before the end. */
  async #mine(): Promise<MinedBlock> {
    const { validators, clock } = this.#options;
    const parent = this.latest;
    const number = parent.number + 1;
    const round = 0; // without consensus no round ever fails
    const proposer =
      validators[proposerAt({ number, round, validators: validators.length })]!.address;
    // Never ahead of the clock, since these times are evidence: blocks of one second share theirs.
    const timestamp = Math.max(
      Math.floor(clock() / 1000),
      Number(parent.environment.header.timestamp),
    );
    const frame = { number, proposer, timestamp, gasLimit: BLOCK_GAS_LIMIT };
    const environment = environmentOf(frame, this.#vm.common);
    const txs = await this.#execute(environment);
    const receipts = txs.map(({ receipt }) => encodeTxReceipt(receipt));
    const stateRoot = await this.#state.getStateRoot();
    const header = formatSealed(
      {
        ...frame,
        parentHash: parent.hash,
        stateRoot,
        transactionsRoot: buildTrie(
          txs.map(({ tx }, index) => ({
            key: formatRlp(formatRlpInteger(index)),
            value: tx.serialize(),
          })),
        ).root,
        receiptsRoot: receiptsRoot(receipts),
        logsBloom: joinBlooms(txs),
        gasUsed: txs.at(-1)?.receipt.cumulativeGasUsed ?? 0,
      },
      { validators, round },
    );
    return this.#keep({
      number,
      hash: qbftBlockHash(parseHeader(header)),
      header,
      stateRoot,
      txs,
      environment,
    });
  }

  async #execute(environment: Block): Promise<MinedTx[]> {
    const executed: MinedTx[] = [];
    let gas = 0;
    let logs = 0;
    const nonceOf = async (from: string): Promise<number> =>
      (await senderState(this.#state, addressOf(from))).nonce;
    for (;;) {
      const pending = await this.#pool.next(BLOCK_GAS_LIMIT - gas, nonceOf);
      if (!pending) return executed;
      this.#pool.drop(pending.hash);
      const result = await this.#run(pending, environment, gas);
      if (!result) continue;
      const receipt = receiptOf(pending, result);
      executed.push({
        ...pending,
        index: executed.length,
        receipt,
        gasUsed: Number(result.totalGasSpent),
        created: result.createdAddress?.bytes,
        firstLog: logs,
        blockNumber: Number(environment.header.number),
      });
      gas = receipt.cumulativeGasUsed;
      logs += receipt.logs.length;
    }
  }

  /** Execute a transaction; none if the state no longer allows it (its sender spent the funds since), as nodes do. */
  async #run(pending: PendingTx, block: Block, gas: number): Promise<RunTxResult | undefined> {
    const { balance } = await senderState(this.#state, addressOf(pending.from));
    if (balance < pending.tx.getUpfrontCost(0n)) return undefined;
    return runTx(this.#vm, { tx: pending.tx, block, blockGasUsed: BigInt(gas) });
  }

  #keep(block: MinedBlock): MinedBlock {
    this.#blocks.push(block);
    this.#byHash.set(formatHex(block.hash), block);
    for (const tx of block.txs) this.#txs.set(tx.hash, tx);
    return block;
  }
}

async function senderState(state: MerkleStateManager, address: Address): Promise<SenderState> {
  const account = await state.getAccount(address);
  return { nonce: Number(account?.nonce ?? 0n), balance: account?.balance ?? 0n };
}

function addressOf(hex: string): Address {
  return new Address(parseHex(hex, 20));
}

/** What the EVM sees of a block: never the extra data, which the library takes for a proof-of-work chain's. */
function environmentOf(
  {
    number,
    proposer,
    timestamp,
    gasLimit,
  }: {
    readonly number: number;
    readonly proposer: Uint8Array;
    readonly timestamp: number;
    readonly gasLimit: number;
  },
  common: Common,
): Block {
  const coinbase = new Address(proposer);
  const header = { number, coinbase, timestamp, gasLimit, difficulty: 1, baseFeePerGas: 0 };
  return createBlock({ header }, { common, skipConsensusFormatValidation: true });
}

function receiptOf({ tx }: PendingTx, { receipt }: RunTxResult): TxReceipt {
  return {
    type: tx.type,
    status: 'status' in receipt ? receipt.status : 0, // London's receipts all have one
    cumulativeGasUsed: Number(receipt.cumulativeBlockGasUsed),
    logsBloom: receipt.bitvector,
    logs: receipt.logs.map(([address, topics, data]) => ({ address, topics, data })),
  };
}

function joinBlooms(txs: readonly MinedTx[]): Uint8Array {
  const joined = new Uint8Array(BLOOM_BYTES);
  for (const { receipt } of txs) {
    for (const [i, byte] of receipt.logsBloom.entries()) joined[i]! |= byte;
  }
  return joined;
}
