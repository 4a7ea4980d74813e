/** How to reach a chain. */
export interface ChainAccess {
  /** JSON-RPC endpoints of one and the same chain over HTTP; the next is tried when one fails. */
  readonly url: string | readonly string[];
  readonly chainId: number;
  /** Milliseconds that one request to one endpoint may take, the whole answer included; 5,000 unless given. */
  readonly requestTimeoutMs?: number | undefined;
}

/** Which registry on which chain. */
export interface RegistryConfig extends ChainAccess {
  /** `0x` address of the AnchorRegistry. */
  readonly contract: string;
  /** `0x` keccak256 of the runtime code that must stand there; that of this package's contract unless given. */
  readonly codeHash?: string | undefined;
  /** Block of the deployment, before which no event is looked for; 0 unless given. */
  readonly fromBlock?: number | undefined;
}

/** Validators whose seals make a block final, for the heights from `fromBlock` to `untilBlock`. */
export interface PinnedValidators {
  readonly fromBlock: number;
  readonly untilBlock?: number | undefined;
  /** `0x` addresses. */
  readonly validators: readonly string[];
}

/**
 * When an anchor is final. `sealed`: its block is sealed by a quorum of the pinned validators (QBFT), and the proof of it is kept as
 * evidence. `depth`: so many blocks stand on it; such chains give no sealed evidence. spec/anchor §8
 */
export type Finality =
  | { readonly kind: 'sealed'; readonly validatorSets: readonly PinnedValidators[] }
  | { readonly kind: 'depth'; readonly blocks: number };

/** What pays for and signs transactions: a private key in `0x` hexadecimal, or anything that signs. */
export type TxKey = string | TxSigner;

/** Signs transactions; an ethers `Signer` is one. */
export interface TxSigner {
  getAddress(): Promise<string>;
  /** Give the signed transaction in `0x` hexadecimal. */
  signTransaction(tx: TxFields): Promise<string>;
}

/** A legacy transaction (type 0), the one form that every target chain takes. */
export interface TxFields {
  readonly type: 0;
  readonly chainId: number;
  readonly nonce: number;
  readonly gasPrice: bigint;
  readonly gasLimit: bigint;
  /** Absent when a contract is made. */
  readonly to?: string;
  readonly value: bigint;
  readonly data: string;
}
