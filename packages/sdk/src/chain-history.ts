import type { JsonObject } from '@anchorlog/core';
import type { ChainSettings, FormerValidators } from './config.ts';
import { sdkError } from './error.ts';

/** Validators for a range of blocks; those without `untilBlock` are in office. */
export type ValidatorSet = Omit<FormerValidators, 'untilBlock'> & Partial<FormerValidators>;

/** Give all validator sets of a chain, oldest first. */
export function validatorSetsOf(chain: ChainSettings): ValidatorSet[] {
  const { fromBlock, validators, formerValidators = [] } = chain;
  return [...formerValidators, { fromBlock, validators }];
}

/**
 * Go on from a chain's settings to newer ones of the same chain: validators that were replaced stay on record for the blocks that they sealed.
 * Settings that name the former ones themselves are taken as they are. @throws SDK_CONFIG_MALFORMED
 */
export function succeed(before: ChainSettings | undefined, chain: ChainSettings): ChainSettings {
  if (before?.chainId !== chain.chainId || chain.formerValidators) return chain;
  const { formerValidators, fromBlock, validators } = before;
  const kept = formerValidators && { formerValidators };
  if (isSame(validators, chain.validators)) return { ...chain, ...kept, fromBlock };
  if (chain.fromBlock <= fromBlock) {
    throw sdkError(
      'SDK_CONFIG_MALFORMED',
      `notary.json: expected new validators to begin after block ${fromBlock}, where those before them did`,
      { at: '/chain/fromBlock' },
    );
  }
  const replaced = { fromBlock, untilBlock: chain.fromBlock - 1, validators };
  return { ...chain, formerValidators: [...(formerValidators ?? []), replaced] };
}

/**
 * Give the chains of a trust policy after one was set. All others stay, and so do the registries that this one had before, and the validators
 * before the oldest that its settings name: what they have sealed stands, and bundles of that time still verify.
 */
export function chainsAfter(earlier: readonly JsonObject[], chain: ChainSettings): JsonObject[] {
  const { chainId, contract, codeHash } = chain;
  const sets = validatorSetsOf(chain);
  const at = earlier.findIndex((each) => each['chainId'] === chainId);
  const before = earlier[at] as unknown as PolicyChainJson | undefined; // of a policy that was parsed
  const oldest = Math.min(...sets.map(({ fromBlock }) => fromBlock));
  const older = (before?.validatorSets ?? []).filter(
    ({ untilBlock = Infinity }) => untilBlock < oldest,
  );
  const others = [before, ...(before?.otherContracts ?? [])]
    .filter((each) => each !== undefined && each.contract !== contract)
    .map((each) => ({ contract: each!.contract, codeHash: each!.codeHash })); // filtered
  const next: JsonObject = {
    chainId,
    name: before?.name ?? `chain ${chainId}`,
    contract,
    codeHash,
    ...(others.length > 0 && { otherContracts: others }),
    validatorSets: [...older, ...sets].map((set) => ({ ...set, validators: [...set.validators] })),
  };
  return at < 0 ? [...earlier, next] : earlier.with(at, next);
}

interface PolicyChainJson {
  readonly name: string;
  readonly contract: string;
  readonly codeHash: string;
  readonly otherContracts?: readonly { readonly contract: string; readonly codeHash: string }[];
  readonly validatorSets: readonly ValidatorSet[];
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((each) => others.includes(each));
}
