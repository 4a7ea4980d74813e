import { expect } from 'vitest';
import { directoryTiles, type LogReceipt, type LogStore } from '../../src/index.ts';
import { statementOf, type Place } from './fixture.ts';
import { rederive, verifyReceipt, verifyTiles } from './inspect.ts';

/** Open the log without fault: it is whole, holds all that was acknowledged, at its place and with its receipt, and goes on. */
export async function checkWhole(
  place: Place,
  store: LogStore | string,
  acknowledged: ReadonlyMap<number, LogReceipt>,
): Promise<void> {
  await using log = await place.open({ store });
  const entries = await rederive(log);
  for (const [number, receipt] of acknowledged) {
    expect(entries[receipt.index]).toEqual(statementOf(number));
    verifyReceipt(receipt, statementOf(number));
    expect(await log.receipt(receipt.index)).toEqual(receipt);
  }
  const next = await log.append(statementOf(900));
  verifyReceipt(next, statementOf(900));
  await verifyTiles(directoryTiles(place.tiles), await log.publish(), await rederive(log));
}
