import type { Anchor } from '@anchorlog/anchor';
import type { AnchorFile } from '@anchorlog/evm-proof';
import type { Log } from '@anchorlog/log';
import type { Bundle, BundleAnchor } from '@anchorlog/verify';
import { sdkError } from './error.ts';
import { isLost, lostError, type VaultItem } from './vault-item.ts';

/** Which claims a bundle opens: the paths of some, all that the record has, or none. Index keys are never opened. */
export type Disclose = 'all' | readonly string[];

/**
 * Put together the bundle of an entry: what the vault holds of it, its place in the log, the first anchor that covers it, if any yet, and
 * those of chains that were left (`former`) where they are of an older head.
 * @throws SDK_DISCLOSURE_UNKNOWN, SDK_OPENINGS_LOST, SDK_WAIT_TIMEOUT if it is not published yet
 */
export async function assembleBundle({
  log,
  index,
  item,
  anchor,
  former = [],
  disclose = [],
}: {
  readonly log: Log;
  readonly index: number;
  readonly item: VaultItem;
  readonly anchor: Anchor | undefined;
  readonly former?: readonly AnchorFile[] | undefined;
  readonly disclose?: Disclose | undefined;
}): Promise<Bundle> {
  // The anchored head was published, so that its checkpoint is there; another's heads may have been adopted from the chain.
  const anchored = anchor && (await log.checkpoint(anchor.head.size));
  const checkpoint = anchored ?? (await log.checkpointCovering(index));
  if (!checkpoint) throw sdkError('SDK_WAIT_TIMEOUT', 'the record is not published yet', { index });
  const receipt = await log.receipt(index);
  const { size } = checkpoint;
  const anchors: BundleAnchor[] = [];
  for (const { head, evidence } of former) {
    if (head.size > (anchor?.head.size ?? Infinity)) continue; // it was anchored again on a chain of before
    anchors.push(await bundleAnchor(log, { head, evidence: evidence.slice(0, 1) }, size));
  }
  if (anchor?.evidence) {
    const { head, evidence } = anchor;
    anchors.push(await bundleAnchor(log, { head, evidence: [evidence] }, size));
  }
  return {
    entry: item.entry,
    disclosures: chosen(item, disclose),
    inclusion: { index, hashes: await log.proveInclusion({ index, size: checkpoint.size }) },
    checkpoint: checkpoint.note,
    anchors,
    receipt: { note: receipt.note, hashes: receipt.hashes },
  };
}

async function bundleAnchor(
  log: Log,
  { head, evidence }: Pick<AnchorFile, 'head' | 'evidence'>,
  checkpointSize: number,
): Promise<BundleAnchor> {
  const [olderSize, newerSize] = [checkpointSize, head.size].toSorted((a, b) => a - b) as [
    number,
    number,
  ];
  return {
    head,
    consistency:
      olderSize === newerSize ? [] : await log.proveConsistency({ olderSize, newerSize }),
    evidence,
  };
}

/** Choose what a bundle opens. @throws SDK_DISCLOSURE_UNKNOWN, SDK_OPENINGS_LOST */
export function chosen(item: VaultItem, disclose: Disclose): Uint8Array[] {
  const { disclosures } = item;
  if (isLost(item) && disclose.length > 0) throw lostError(item);
  const paths =
    disclose === 'all' ? [...disclosures.keys()].filter(isClaimPath).toSorted() : new Set(disclose);
  return [...paths].map((path) => {
    const disclosure = isClaimPath(path) ? disclosures.get(path) : undefined;
    if (disclosure) return disclosure;
    throw sdkError('SDK_DISCLOSURE_UNKNOWN', 'the statement commits to no claim at this path', {
      path,
    });
  });
}

function isClaimPath(path: string): boolean {
  return !path.startsWith('/keys/');
}
