import { formatBase64, equalBytes } from '@anchorlog/core';
import { parseWithheld, parseWithholdingOrder, type WithheldEntry } from '@anchorlog/log';
import { parseStatement } from '@anchorlog/statement';
import type { Findings } from './finding.ts';

/** Entries whose bytes nobody could check. spec/audit §3.7 */
export interface WithheldReport {
  /** Entries whose bytes are withheld by an order that the log holds: their leaf hashes are in the tree, and nothing else is known of them. */
  readonly entries: number;
  /** Orders by which they are. */
  readonly orders: number;
}

interface Range {
  readonly from: number;
  to: number;
  readonly order: number;
  /** Of the first entry. */
  readonly leafHash: Uint8Array;
}

/**
 * Takes note of what stands for withheld entries, and demands for each that a later entry of the log's operator orders it. Memory grows with
 * the number of ranges, not of entries.
 */
export class WithheldCheck {
  readonly #findings: Findings;
  readonly #waiting = new Map<number, Range[]>();
  #operator = '';
  #entries = 0;
  #orders = 0;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  /** Take the entry at `index`, in order; gives what stands for one that is withheld, in which there is nothing else to check. */
  take(entry: Uint8Array, index: number): WithheldEntry | undefined {
    const withheld = parseWithheld(entry);
    if (withheld) this.#add(withheld, index);
    else if (index === 0) this.#operator = operatorOf(entry);
    else if (this.#waiting.has(index)) this.#settle(entry, index);
    return withheld;
  }

  /** Give what was found, when all entries were taken. */
  report(): WithheldReport {
    for (const ranges of this.#waiting.values()) for (const range of ranges) this.#find(range);
    this.#waiting.clear();
    return { entries: this.#entries, orders: this.#orders };
  }

  #add({ order, leafHash }: WithheldEntry, index: number): void {
    const ranges = this.#waiting.get(order) ?? [];
    const last = ranges.at(-1);
    if (last?.to === index) last.to++;
    else ranges.push({ from: index, to: index + 1, order, leafHash });
    // One that says that an entry before it orders it is found at the end: none of these comes again.
    this.#waiting.set(order, ranges);
  }

  #settle(entry: Uint8Array, index: number): void {
    const order = parseWithholdingOrder(entry);
    const ranges = this.#waiting.get(index) ?? [];
    this.#waiting.delete(index);
    let isUsed = false;
    for (const range of ranges) {
      const isOrdered =
        order !== undefined &&
        order.issuer === this.#operator &&
        order.to <= index &&
        order.from <= range.from &&
        range.to <= order.to &&
        // Of one entry the root is its leaf hash; of more the tree alone binds them.
        (order.to - order.from > 1 || equalBytes(order.rootHash, range.leafHash));
      if (isOrdered) this.#entries += range.to - range.from;
      else this.#find(range);
      isUsed ||= isOrdered;
    }
    if (isUsed) this.#orders++;
  }

  #find({ from, to, order, leafHash }: Range): void {
    const facts = { from, to, order, leafHash: formatBase64(leafHash) };
    this.#findings.add('AUDIT_WITHHELD', facts);
  }
}

function operatorOf(entry: Uint8Array): string {
  try {
    const { org, system } = parseStatement(entry).issuer;
    return `${org}/${system}`;
  } catch {
    return ''; // which is found elsewhere
  }
}
