import { TREE_HEAD_ANCHORED, type AnchoredHead } from '@anchorlog/evm-proof';
import type { Fault, PassingRequest } from '@anchorlog/testkit';
import { Interface } from 'ethers';
import { ANCHOR_REGISTRY_ABI } from '../src/generated/anchor-registry.ts';
import { hex, logIdOf } from '../src/registry.ts';
import type { World } from './world.ts';

const contract = new Interface(ANCHOR_REGISTRY_ABI);

/** What a node may say of a log instead of the truth: members of `RegisteredLog` as the ABI has them. */
export type FalseLog = Readonly<Record<string, bigint | string | boolean>>;

/** Tell whether a request calls a function of the registry. */
export function asks({ method, params }: PassingRequest, name: string): boolean {
  if (method !== 'eth_call') return false;
  const { data } = params[0] as { readonly data: string }; // a call object of ours
  return data.startsWith(contract.getFunction(name)!.selector);
}

/** A lie about what the contract knows of a log, the other members being true. */
export function falseLog(changes: FalseLog): Fault {
  return {
    kind: 'change',
    change: (result) => {
      const info = contract.decodeFunctionResult('logInfo', result as string)[0] as {
        toObject(): FalseLog;
      }; // of ethers
      return contract.encodeFunctionResult('logInfo', [{ ...info.toObject(), ...changes }]);
    },
  };
}

/** A lie about the events of a log: that there is one, of a head that nobody anchored. */
export function falseEvent(
  { registry }: Pick<World, 'registry'>,
  { origin, number, head }: { origin: string; number: number; head: AnchoredHead },
): Fault {
  const word = (value: number): string => value.toString(16).padStart(64, '0');
  const event = {
    address: registry.contract,
    topics: [hex(TREE_HEAD_ANCHORED), logIdOf(origin), `0x${word(number)}`],
    data: `0x${word(registry.chainId)}${word(head.size)}${hex(head.rootHash).slice(2)}${hex(head.indexRoot).slice(2)}${word(1)}`,
    transactionHash: `0x${'22'.repeat(32)}`,
    blockNumber: '0x2',
    blockHash: `0x${'33'.repeat(32)}`,
  };
  return { kind: 'result', result: [event] };
}

/** A node that says that a log has a head which nobody anchored, by the contract's answer and by an event. */
export function falseHead(
  world: Pick<World, 'registry'>,
  at: { origin: string; number: number; head: AnchoredHead },
): (request: PassingRequest) => Fault | undefined {
  const { number, head } = at;
  const { size, rootHash } = head;
  const log = falseLog({
    number: BigInt(number),
    size: BigInt(size),
    rootHash: hex(rootHash),
    blockNumber: 2n,
  });
  return (request) => {
    if (asks(request, 'logInfo')) return log;
    return request.method === 'eth_getLogs' ? falseEvent(world, at) : undefined;
  };
}
