import { formatHex, formatUtf8, parseHex } from '@anchorlog/core';
import { keccak256, logId, type AnchoredHead } from '@anchorlog/evm-proof';
import { Interface } from 'ethers';
import { anchorError } from './error.ts';
import { ANCHOR_REGISTRY_ABI, ANCHOR_REGISTRY_BYTECODE } from './generated/anchor-registry.ts';

const registry = new Interface(ANCHOR_REGISTRY_ABI);

/** First topic of the event that tells the closing of a log. 32 bytes. */
export const LOG_CLOSED: Uint8Array = keccak256(formatUtf8('LogClosed(bytes32,uint64)'));

/** What the contract knows of a log: spec/anchor §2.1. */
export interface RegisteredLog {
  /** `0x` address in lower case. */
  readonly operator: string;
  readonly checked: boolean;
  readonly suspended: boolean;
  readonly closed: boolean;
  /** Number of the last head that counts, if closed; 0: none counts. */
  readonly closedNumber: number;
  readonly maxStep: number;
  /** Number of the latest head; 0 before the first. */
  readonly number: number;
  readonly size: number;
  /** 32 bytes. */
  readonly rootHash: Uint8Array;
  /** Block that anchored the latest head. */
  readonly blockNumber: number;
}

/** Give `0x` hexadecimal. */
export function hex(bytes: Uint8Array): string {
  return `0x${formatHex(bytes)}`;
}

/** Give the log's identifier on chain as `0x` hexadecimal. spec/anchor §2.1 */
export function logIdOf(origin: string): string {
  return hex(logId(origin));
}

/** Calldata that asks for a log. */
export function encodeLogInfo(origin: string): string {
  return registry.encodeFunctionData('logInfo', [logIdOf(origin)]);
}

/** Read the answer to `encodeLogInfo`. @throws ANCHOR_RPC_MALFORMED */
export function decodeLogInfo(data: string): RegisteredLog {
  try {
    // ethers gives a Result whose fields the ABI names.
    const info = registry.decodeFunctionResult('logInfo', data)[0] as {
      readonly operator: string;
      readonly checked: boolean;
      readonly suspended: boolean;
      readonly closed: boolean;
      readonly closedNumber: bigint;
      readonly maxStep: bigint;
      readonly number: bigint;
      readonly size: bigint;
      readonly rootHash: string;
      readonly blockNumber: bigint;
    };
    return {
      operator: info.operator.toLowerCase(),
      checked: info.checked,
      suspended: info.suspended,
      closed: info.closed,
      closedNumber: safe(info.closedNumber),
      maxStep: safe(info.maxStep),
      number: safe(info.number),
      size: safe(info.size),
      rootHash: parseHex(info.rootHash.slice(2), 32),
      blockNumber: safe(info.blockNumber),
    };
  } catch (cause) {
    throw anchorError('ANCHOR_RPC_MALFORMED', 'eth_call: not what logInfo returns', {}, { cause });
  }
}

/** Calldata that asks whether a head stands under a number. */
export function encodeIsHead(origin: string, number: number, head: AnchoredHead): string {
  const { size, rootHash, indexRoot } = head;
  const values = [logIdOf(origin), number, size, hex(rootHash), hex(indexRoot)];
  return registry.encodeFunctionData('isHead', values);
}

/** Read the answer to `encodeIsHead`. @throws ANCHOR_RPC_MALFORMED */
export function decodeIsHead(data: string): boolean {
  try {
    return registry.decodeFunctionResult('isHead', data)[0] === true;
  } catch (cause) {
    throw anchorError('ANCHOR_RPC_MALFORMED', 'eth_call: not what isHead returns', {}, { cause });
  }
}

/** Calldata that anchors a head. */
export function encodeAnchor(
  origin: string,
  head: AnchoredHead,
  proof: readonly Uint8Array[],
): string {
  return registry.encodeFunctionData('anchor', [
    logIdOf(origin),
    head.size,
    hex(head.rootHash),
    hex(head.indexRoot),
    proof.map(hex),
  ]);
}

/** Calldata that registers a log. */
export function encodeRegister(log: {
  readonly origin: string;
  readonly operator: string;
  readonly checked: boolean;
  readonly maxStep: number;
}): string {
  return registry.encodeFunctionData('register', [
    log.origin,
    log.operator,
    log.checked,
    log.maxStep,
  ]);
}

/** Creation code of a registry under `authority`. */
export function encodeDeploy(authority: string): string {
  return ANCHOR_REGISTRY_BYTECODE + registry.encodeDeploy([authority]).slice(2);
}

/** Name the custom error in revert data, such as `AnchorRegistrySuspended`; undefined if it is none of the contract's. */
export function revertName(data: unknown): string | undefined {
  if (typeof data !== 'string' || !/^0x[0-9a-f]{8,}$/i.test(data)) return undefined;
  return registry.parseError(data)?.name;
}

/** Give the hash under which the contract keeps a head: spec/anchor §3.2. 32 bytes. */
export function headHash({
  chainId,
  origin,
  number,
  head,
}: {
  readonly chainId: number;
  readonly origin: string;
  readonly number: number;
  readonly head: AnchoredHead;
}): Uint8Array {
  return keccak256(
    parseHex(
      word(chainId) +
        formatHex(logId(origin)) +
        word(number) +
        word(head.size) +
        formatHex(head.rootHash) +
        formatHex(head.indexRoot),
    ),
  );
}

function word(value: number): string {
  return value.toString(16).padStart(64, '0');
}

function safe(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError('beyond 2^53 - 1');
  return number;
}
