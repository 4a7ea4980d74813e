import { formatHex, parseUint64 } from '@anchorlog/core';
import { createLegacyTx } from '@ethereumjs/tx';
import { Address } from '@ethereumjs/util';
import { runTx, type RunTxResult, type VM } from '@ethereumjs/vm';
import { BLOCK_GAS_LIMIT, type MinedBlock } from './chain.ts';
import { addressParam, dataParam, objectParam, quantityParam } from './param.ts';
import { RpcError } from './rpc-error.ts';

/** A call that is executed and undone. */
export interface CallRequest {
  readonly from: Address;
  readonly to: Address | undefined;
  readonly data: Uint8Array;
  /** In wei. */
  readonly value: bigint;
  readonly gas: bigint;
}

/** Gas that the calls of one request have left together. */
export interface GasLeft {
  gas: bigint;
}

/** Give what one request may use: ten blocks, so that a batch of loops comes to an end. */
export function requestGas(): GasLeft {
  return { gas: 10n * MOST_GAS };
}

const NOBODY = new Uint8Array(20);
const MOST_GAS = BigInt(BLOCK_GAS_LIMIT);

/** Read the call object of `eth_call` and `eth_estimateGas`. Prices are left out of account: this chain asks for none. */
export function callParam(value: unknown): CallRequest {
  const call = objectParam(value, 'call');
  const given = (name: string): unknown => call[name] ?? undefined;
  const gas = given('gas') === undefined ? MOST_GAS : quantityParam(call['gas'], 'gas');
  return {
    from: given('from') === undefined ? new Address(NOBODY) : addressParam(call['from'], 'from'),
    to: given('to') === undefined ? undefined : addressParam(call['to'], 'to'),
    data: dataParam(given('input') ?? given('data') ?? '0x', 'data'),
    value: given('value') === undefined ? 0n : quantityParam(call['value'], 'value'),
    gas: gas < MOST_GAS ? gas : MOST_GAS,
  };
}

/** Call on the state after `block` and give what comes back. */
export async function callContract(
  vm: VM,
  block: MinedBlock,
  request: CallRequest,
  left: GasLeft,
): Promise<Uint8Array> {
  checkLeft(left);
  await vm.evm.journal.cleanup();
  await vm.evm.journal.checkpoint();
  try {
    const { execResult } = await vm.evm.runCall({
      block: block.environment,
      caller: request.from,
      origin: request.from,
      ...(request.to ? { to: request.to } : {}),
      data: request.data,
      value: request.value,
      gasLimit: request.gas,
      skipBalance: true,
    });
    left.gas -= execResult.executionGasUsed;
    throwIfFailed(execResult);
    return execResult.returnValue;
  } finally {
    await vm.evm.journal.revert();
    vm.evm.journal.cleanJournal();
  }
}

/** Find the least gas, within a hundredth, with which the call succeeds as a transaction. */
export async function estimateGas(
  vm: VM,
  block: MinedBlock,
  request: CallRequest,
  left: GasLeft,
): Promise<number> {
  const succeeds = async (gas: number): Promise<boolean> =>
    (await simulate(vm, block, { ...request, gas: BigInt(gas) }, left)).execResult
      .exceptionError === undefined;
  const whole = await simulate(vm, block, request, left);
  throwIfFailed(whole.execResult);
  // Refunds come after, and a call passes on 63/64 of what is left: between what was spent and the limit.
  let enough = Number(request.gas);
  let short = Number(whole.totalGasSpent) - 1;
  const likely = Math.ceil((Number(whole.totalGasSpent + whole.gasRefund) * 64) / 63);
  if (likely < enough) {
    if (await succeeds(likely)) enough = likely;
    else short = likely;
  }
  if (await succeeds(short + 1)) return short + 1;
  while (enough - short > 1 && enough - short > enough / 100) {
    const middle = Math.floor((enough + short) / 2);
    if (await succeeds(middle)) enough = middle;
    else short = middle;
  }
  return enough;
}

async function simulate(
  vm: VM,
  block: MinedBlock,
  request: CallRequest,
  left: GasLeft,
): Promise<RunTxResult> {
  checkLeft(left);
  const tx = createLegacyTx(
    {
      ...(request.to ? { to: request.to } : {}),
      data: request.data,
      value: request.value,
      gasLimit: request.gas,
      gasPrice: 0,
    },
    { common: vm.common, freeze: false },
  );
  tx.getSenderAddress = () => request.from; // nobody signs what is undone
  await vm.stateManager.checkpoint();
  try {
    const options = { tx, block: block.environment, skipNonce: true, skipBalance: true };
    const result = await runTx(vm, options);
    left.gas -= result.totalGasSpent;
    return result;
  } catch (cause) {
    throw new RpcError('refused', (cause as Error).message, { cause }); // the library throws Errors
  } finally {
    await vm.stateManager.revert();
  }
}

function checkLeft({ gas }: GasLeft): void {
  if (gas <= 0n) throw new RpcError('limit', 'the calls of this request have used their gas');
}

function throwIfFailed({
  exceptionError,
  returnValue,
}: {
  readonly exceptionError?: { readonly error: string };
  readonly returnValue: Uint8Array;
}): void {
  if (exceptionError === undefined) return;
  if (exceptionError.error !== 'revert') throw new RpcError('refused', exceptionError.error);
  const reason = revertReason(returnValue);
  throw new RpcError('reverted', `execution reverted${reason === '' ? '' : `: ${reason}`}`, {
    data: `0x${formatHex(returnValue)}`,
  });
}

/** Read the text of Solidity's `Error(string)`; custom errors have none. */
function revertReason(data: Uint8Array): string {
  if (data.length < 68 || formatHex(data.subarray(0, 4)) !== '08c379a0') return '';
  const length = parseUint64(data, 60);
  return new TextDecoder().decode(data.subarray(68, 68 + length));
}
