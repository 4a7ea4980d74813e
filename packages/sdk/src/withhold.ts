import { realpath } from 'node:fs/promises';
import { formatBase64 } from '@anchorlog/core';
import {
  directoryTiles,
  rootOfEntries,
  withholdLog,
  withholdable,
  type WithholdReport,
} from '@anchorlog/log';
import { nodeTreeHasher } from '@anchorlog/tlog/node';
import { createNotary, type NotaryOptions } from './create.ts';
import type { Receipt } from './notary.ts';
import { notaryPlaces, storeToWrite } from './places.ts';

/** Which entries are withheld, and why. */
export interface WithholdEntriesOptions extends NotaryOptions {
  /** Index of the first entry, and of the one after the last. */
  readonly from: number;
  readonly to: number;
  /** By the order of a court or authority, or because the time for which the entries are kept has ended. */
  readonly ground: 'order' | 'retention';
  /** Number of the document that demands it, without spaces: it is public. */
  readonly document: string;
  /** When the document demands it from, RFC 3339. */
  readonly since: string;
}

/** What was withheld, and the receipt of the entry that says so. */
export interface WithheldReport extends WithholdReport {
  readonly receipt: Receipt;
}

/**
 * Withhold entries of a notary that is closed: first the log itself says so, published; then their bytes go out of store and published files.
 * The same call again gives the same receipt and does what is left. What the vault holds stays there (spec/log §16).
 * @throws LOG_WITHHOLD_REFUSED, LOG_INDEX_RANGE, SDK_ID_CONFLICT if the same entries were withheld by another document, and as `createNotary`
 */
export async function withholdEntries(options: WithholdEntriesOptions): Promise<WithheldReport> {
  const { from, to, ground, document, since } = options;
  const receipt = await order(options);
  const places = await notaryPlaces(await realpath(options.dir));
  const store = await storeToWrite(places);
  const tiles = directoryTiles(places.tiles);
  return { receipt, ...(await withholdLog({ store, tiles, order: receipt.index })) };

  async function order(opened: NotaryOptions): Promise<Receipt> {
    await using notary = await createNotary(opened);
    const { log, config } = notary;
    // Read before anything is logged: what may not be withheld must not be ordered.
    const entries = withholdable(log.entries({ from, to }), ground);
    const root = await rootOfEntries(entries, nodeTreeHasher(log.suite));
    const [operator] = config.issuers;
    const ordered = await notary.notarize({
      profile: 'log/1',
      event: 'entry.withhold',
      key: `entry.withhold/${from}-${to}`,
      eventTime: since,
      issuer: { org: operator?.org, system: operator?.system },
      claims: {
        fromIndex: from,
        toIndex: to,
        rootHash: formatBase64(root),
        ground,
        order: document,
      },
    });
    await notary.flush();
    return ordered;
  }
}

/** Withhold again what the log of a notary has orders for, as after an older backup was restored. @throws as `withholdLog` */
export async function withholdAgain(dir: string): Promise<WithholdReport> {
  const places = await notaryPlaces(await realpath(dir));
  return withholdLog({ store: await storeToWrite(places), tiles: directoryTiles(places.tiles) });
}
