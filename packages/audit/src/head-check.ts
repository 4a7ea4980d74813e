import { equalBytes, formatHex } from '@anchorlog/core';
import { anchorFolder } from '@anchorlog/evm-proof';
import type { PolicyLog } from '@anchorlog/verify';
import type { AskedRegistry } from './asked-registry.ts';
import type { Findings } from './finding.ts';
import type { KnownHead } from './known-head.ts';

/** What became of an anchored head. */
export interface HeadReport {
  readonly head: KnownHead;
  /** Whether it follows from the entries. */
  readonly holds: boolean;
  /** Whether it vouches for them: it holds, is not void, and is confirmed if only a retired set sealed it. spec/audit §3.2 */
  readonly counts: boolean;
}

/** A registry whose heads came from a node. */
export interface RegistryReport {
  readonly chainId: number;
  readonly contract: string;
  /** The latest number that the node names; 0: none. */
  readonly number: number;
  /** Whether it names fewer heads than validators in office have sealed: it is behind, or does not tell the truth. */
  readonly behind: boolean;
}

/** Compares anchored heads with the roots that follow from the entries, smallest first. spec/audit §3.2 */
export class HeadCheck {
  /** In order of registries and numbers. */
  readonly heads: readonly KnownHead[];
  readonly #void = new Set<KnownHead>();
  readonly #holding = new Set<KnownHead>();
  /** Those that are compared, by size. */
  readonly #bySize: readonly KnownHead[];
  readonly #asked: readonly AskedRegistry[];
  readonly #findings: Findings;
  #next = 0;

  constructor({
    asked,
    fileHeads,
    log,
    findings,
  }: {
    readonly asked: readonly AskedRegistry[];
    readonly fileHeads: readonly KnownHead[];
    readonly log: PolicyLog;
    readonly findings: Findings;
  }) {
    this.#asked = asked;
    this.#findings = findings;
    this.heads = mergeHeads([...asked.flatMap(({ heads }) => heads), ...fileHeads], findings);
    for (const head of this.heads) {
      const { chainId, number } = head;
      const closedNumber = closedNumberOf(head, asked, log);
      if (closedNumber !== undefined && number > closedNumber) {
        this.#void.add(head);
        findings.add('AUDIT_HEAD_VOID', { chainId, number, closedNumber });
      } else if (log.index === 'none' && head.indexRoot.some((byte) => byte !== 0)) {
        findings.add('AUDIT_INDEX_ROOT', { chainId, number });
      }
    }
    this.#bySize = this.heads
      .filter((head) => !this.#void.has(head))
      .toSorted((a, b) => a.size - b.size);
  }

  /** The largest size that is anchored; 0 if none is. */
  get largest(): number {
    return this.#bySize.at(-1)?.size ?? 0;
  }

  /** Heads that are not void, smallest first. */
  get bySize(): readonly KnownHead[] {
    return this.#bySize;
  }

  /** The size of the next head that is to be compared. */
  get nextSize(): number {
    return this.#bySize[this.#next]?.size ?? Infinity;
  }

  /** Compare all heads of this size, which is the next. */
  compare(size: number, root: Uint8Array): void {
    for (; this.nextSize <= size; this.#next++) {
      const head = this.#bySize[this.#next]!;
      if (head.size === size && equalBytes(head.rootHash, root)) this.#holding.add(head);
      else {
        const { chainId, number } = head;
        this.#findings.add('AUDIT_HEAD_MISMATCH', { chainId, number, size: head.size });
      }
    }
  }

  /** Tell what became of each head, and up to which size the entries are anchored. */
  report(): {
    readonly heads: readonly HeadReport[];
    readonly anchoredSize: number;
    readonly registries: readonly RegistryReport[];
  } {
    const anchoredSize = this.#bySize.findLast(
      (head) => this.#holding.has(head) && isInOffice(head),
    )?.size;
    const heads = this.heads.map((head) => {
      const holds = this.#holding.has(head);
      // Who holds the keys of a retired set can seal anything, but nothing that a set in office has sealed over as well.
      return { head, holds, counts: holds && head.size <= (anchoredSize ?? 0) };
    });
    const registries = this.#asked.map((each) => {
      const number = each.heads.at(-1)?.number ?? 0;
      const behind = this.heads.some(
        (head) => isIn(each, head) && head.number > number && isInOffice(head),
      );
      return { chainId: each.chainId, contract: each.contract, number, behind };
    });
    return { heads, anchoredSize: anchoredSize ?? 0, registries };
  }
}

/** Tell whether a head is vouched for today: by a validator set in office, or by the node that was asked. */
export function isInOffice({ retired, from }: KnownHead): boolean {
  return retired !== true || from !== 'evidence';
}

/** Give the last number that counts in the registry of a head, as far as it is known that the log was closed. */
function closedNumberOf(
  head: KnownHead,
  asked: readonly AskedRegistry[],
  { closedAt }: PolicyLog,
): number | undefined {
  const pinned = closedAt.map(({ contract, ...each }) => ({
    ...each,
    contract: `0x${formatHex(contract)}`,
    closedNumber: each.number,
  }));
  const told = [...asked, ...pinned].flatMap((each) =>
    isIn(each, head) ? (each.closedNumber ?? []) : [],
  );
  return told.length > 0 ? Math.min(...told) : undefined;
}

function isIn(
  { chainId, contract }: { readonly chainId: number; readonly contract: string },
  head: KnownHead,
): boolean {
  return head.chainId === chainId && head.contract === contract;
}

/** Join what chains and files say about anchors: one list, in order of registries and numbers. */
function mergeHeads(all: readonly KnownHead[], findings: Findings): KnownHead[] {
  const registries = new Map<string, Map<number, KnownHead>>();
  for (const head of all) {
    const { chainId, number } = head;
    const name = anchorFolder(chainId, head.contract);
    const heads = registries.get(name) ?? new Map<number, KnownHead>();
    registries.set(name, heads);
    const known = heads.get(number);
    if (!known) heads.set(number, head);
    else if (!equalHeads(known, head)) findings.add('AUDIT_HEAD_DISAGREE', { chainId, number });
    else if (known.from !== head.from) {
      const { block = head.block, retired = head.retired } = known;
      heads.set(number, { ...known, from: 'both', block, retired });
    }
  }
  const inOrder = [...registries.values()].map((heads) =>
    [...heads.values()].toSorted((a, b) => a.number - b.number),
  );
  for (const heads of inOrder) {
    for (const [i, { chainId, number, size }] of heads.entries()) {
      const before = heads[i - 1];
      const expected = (before?.number ?? 0) + 1;
      if (number !== expected || (before && before.size >= size)) {
        findings.add('AUDIT_HEAD_ORDER', { chainId, number, expected });
      }
    }
  }
  return inOrder.flat();
}

function equalHeads(a: KnownHead, b: KnownHead): boolean {
  return (
    a.size === b.size && equalBytes(a.rootHash, b.rootHash) && equalBytes(a.indexRoot, b.indexRoot)
  );
}
