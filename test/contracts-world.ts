import { network } from 'hardhat';
import type { BaseContract, Interface } from 'ethers';

/** Legacy and free, as every target chain takes it. */
export const FREE = { type: 0, gasPrice: 0n } as const;

const connection = await network.create('local');

/** Hardhat's ethers on a chain of this test file's own. */
export const ethers: typeof connection.ethers = connection.ethers;

/** A contract of which a test calls functions by name. */
export type Called = BaseContract & {
  /** Send a transaction and wait for it. */
  readonly sent: (name: string, ...values: readonly unknown[]) => Promise<{ gasUsed: bigint }>;
  /** Ask, without sending. */
  readonly asked: (name: string, ...values: readonly unknown[]) => Promise<unknown>;
  /** Give the custom error that a call ends with, as `Name(value, …)`. */
  readonly refused: (name: string, ...values: readonly unknown[]) => Promise<string>;
  /** The same contract, called by another account. */
  readonly by: (account: number) => Promise<Called>;
};

/** Deploy a contract of contracts/. */
export async function deploy(name: string, ...values: readonly unknown[]): Promise<Called> {
  return called(await ethers.deployContract(name, [...values], FREE));
}

function called(contract: BaseContract): Called {
  return Object.assign(contract, {
    sent: async (name: string, ...values: readonly unknown[]) => {
      const tx = await contract.getFunction(name)(...values, FREE);
      const txReceipt: unknown = await tx.wait();
      return txReceipt as { gasUsed: bigint }; // mined: never null
    },
    asked: async (name: string, ...values: readonly unknown[]) =>
      (await contract.getFunction(name).staticCall(...values)) as unknown,
    refused: async (name: string, ...values: readonly unknown[]) => {
      try {
        await contract.getFunction(name).staticCall(...values, FREE);
      } catch (error) {
        return revertOf(error, contract.interface);
      }
      return 'accepted';
    },
    by: async (account: number) => called(contract.connect((await ethers.getSigners())[account]!)),
  });
}

function revertOf(error: unknown, names: Interface): string {
  for (
    let at = error;
    typeof at === 'object' && at !== null;
    at = 'cause' in at ? at.cause : null
  ) {
    if (!('data' in at) || typeof at.data !== 'string') continue;
    const parsed = names.parseError(at.data);
    if (parsed) return `${parsed.name}(${parsed.args.map(String).join(', ')})`;
  }
  throw error;
}
