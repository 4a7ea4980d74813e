import { equalBytes, formatHex, type JsonObject, type JsonValue } from '@anchorlog/core';
import { TITLE, read, refuse, refuseShape, type Once } from './policy-reader.ts';

/** A chain whose validators are trusted to seal anchors. spec/policy §6 */
export interface PolicyChain extends PolicyContract {
  readonly chainId: number;
  readonly name: string;
  /** Registries beside `contract`, such as those that it has replaced. */
  readonly otherContracts: readonly PolicyContract[];
  readonly validatorSets: readonly PolicyValidators[];
}

/** A registry of anchors. */
export interface PolicyContract {
  /** 20 bytes. */
  readonly contract: Uint8Array;
  /** 32 bytes; auditors compare it with the code on the chain. */
  readonly codeHash: Uint8Array;
}

export interface PolicyValidators {
  readonly fromBlock: number;
  /** The last block that they seal; absent for the set in office. */
  readonly untilBlock?: number | undefined;
  /** Addresses of 20 bytes. */
  readonly validators: readonly Uint8Array[];
}

/** Give all registries of a chain. */
function contractsOf(chain: PolicyChain): readonly PolicyContract[] {
  return [chain, ...chain.otherContracts];
}

/** Tell whether a contract is a registry of the chain. */
export function hasContract(chain: PolicyChain, contract: Uint8Array): boolean {
  return contractsOf(chain).some((each) => equalBytes(each.contract, contract));
}

/** Read the chains of a policy. spec/policy §6, §8 */
export function readChains(value: JsonValue | undefined, once: Once): PolicyChain[] {
  const chains = read.array(value, '/chains', 64, (item, at) => {
    const chain = read.object(item, at, {
      required: ['chainId', 'name', 'contract', 'codeHash', 'validatorSets'],
      optional: ['otherContracts'],
    });
    const chainId = read.size(chain['chainId'], `${at}/chainId`);
    if (chainId === 0) return refuseShape(`${at}/chainId`, '1 or more');
    once.add(`chain ${chainId}`, `${at}/chainId`);
    const readContract = (json: JsonObject, place: string): PolicyContract => {
      const contract = read.hex(json['contract'], `${place}/contract`, 20);
      once.add(`contract ${chainId} ${formatHex(contract)}`, `${place}/contract`);
      return { contract, codeHash: read.hex(json['codeHash'], `${place}/codeHash`, 32) };
    };
    const validatorSets = read.array(
      chain['validatorSets'],
      `${at}/validatorSets`,
      1024,
      readValidators,
    );
    checkRanges(validatorSets, `${at}/validatorSets`);
    return {
      chainId,
      name: read.string(chain['name'], `${at}/name`, TITLE),
      ...readContract(chain, at),
      otherContracts: read.array(
        chain['otherContracts'] ?? [],
        `${at}/otherContracts`,
        16,
        (other, place) =>
          readContract(read.object(other, place, { required: ['contract', 'codeHash'] }), place),
      ),
      validatorSets,
    };
  });
  checkAddresses(chains);
  return chains;
}

function readValidators(value: JsonValue, at: string): PolicyValidators {
  const set = read.object(value, at, {
    required: ['fromBlock', 'validators'],
    optional: ['untilBlock'],
  });
  const validators = read.array(set['validators'], `${at}/validators`, 256, (address, addressAt) =>
    read.hex(address, addressAt, 20),
  );
  if (validators.length === 0) return refuseShape(`${at}/validators`, 'at least one address');
  if (new Set(validators.map(formatHex)).size !== validators.length) {
    throw refuse('VERIFY_POLICY_REPEATED', `${at}/validators`, 'each address once');
  }
  const fromBlock = read.size(set['fromBlock'], `${at}/fromBlock`);
  const { untilBlock: until } = set;
  const untilBlock = until === undefined ? until : read.size(until, `${at}/untilBlock`);
  return { fromBlock, untilBlock, validators };
}

/** No height has two sets, or a forger could choose. */
function checkRanges(sets: readonly PolicyValidators[], at: string): void {
  const ranges = sets
    .map(({ fromBlock, untilBlock = Infinity }) => ({ fromBlock, untilBlock }))
    .toSorted((a, b) => a.fromBlock - b.fromBlock);
  for (const [i, { fromBlock, untilBlock }] of ranges.entries()) {
    if (untilBlock < fromBlock || (i > 0 && fromBlock <= ranges[i - 1]!.untilBlock)) {
      throw refuse('VERIFY_POLICY_RANGE', at, 'ranges of blocks that do not overlap');
    }
  }
}

/** A validator's key serves one chain: else a seal made on one chain could be shown as one of another. spec/policy §8 */
function checkAddresses(chains: readonly PolicyChain[]): void {
  const contracts = new Set(chains.flatMap(contractsOf).map(({ contract }) => formatHex(contract)));
  const chainOf = new Map<string, number>();
  for (const [i, { validatorSets }] of chains.entries()) {
    for (const address of validatorSets.flatMap(({ validators }) => validators.map(formatHex))) {
      if (contracts.has(address) || (chainOf.get(address) ?? i) !== i) {
        throw refuse(
          'VERIFY_POLICY_REPEATED',
          `/chains/${i}/validatorSets`,
          'validators of one chain only, and no contract among them',
        );
      }
      chainOf.set(address, i);
    }
  }
}
