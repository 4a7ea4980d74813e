import { existsSync, readFileSync } from 'node:fs';
import { parseHex } from '@anchorlog/core';
import type { RlpItem } from '../src/index.ts';

export { refusal } from '../../../test/refusal.ts';

/** A case of a file under vectors/evm: its inputs are in its further members. */
export interface VectorCase {
  readonly name: string;
  readonly accept: boolean;
  readonly code?: string;
}

/** Read the cases of `vectors/evm/<file>`, which this project's own generators made. */
export function vectorCases(file: string): readonly VectorCase[] {
  const url = new URL(`../../../vectors/evm/${file}`, import.meta.url);
  return (JSON.parse(readFileSync(url, 'utf8')) as { cases: VectorCase[] }).cases;
}

/** Where a third-party vector lies: beside the checkout, if at all. */
export function sharedVector(file: string): { readonly url: URL; readonly missing: boolean } {
  const url = new URL(`../../../../shared/vectors/${file}`, import.meta.url);
  return { url, missing: !existsSync(url) };
}

/** Read a third-party vector as JSON. */
export function readShared(file: string): unknown {
  return JSON.parse(readFileSync(sharedVector(file).url, 'utf8'));
}

/** Bytes of hexadecimal, with or without 0x. */
export function bytes(digits: string): Uint8Array {
  return parseHex(digits.replace(/^0x/, '').toLowerCase());
}

/** 0x hexadecimal of bytes. */
export function hex(of: Uint8Array): string {
  return `0x${Buffer.from(of).toString('hex')}`;
}

/** An RLP item with its strings in hexadecimal. */
export type HexItem = string | readonly HexItem[];

export function hexItem(item: RlpItem): HexItem {
  return item instanceof Uint8Array ? hex(item) : item.map(hexItem);
}

export function rlpItem(item: HexItem): RlpItem {
  return typeof item === 'string' ? bytes(item) : item.map(rlpItem);
}
