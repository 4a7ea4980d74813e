import { equalBytes, formatBase64, isCodedError } from '@anchorlog/core';
import { idsDamagedError, parseWithheld, type Log } from '@anchorlog/log';
import { formatAddress } from '@anchorlog/statement';
import { nodeTreeHasher } from '@anchorlog/tlog/node';
import { addressOf, isOfEmitter, isOfSource } from './adopt.ts';
import { sdkError } from './error.ts';
import { isLost } from './vault-item.ts';
import type { Vault } from './vault.ts';

/** Items that are appended together. */
const AT_ONCE = 256;

/**
 * Bring vault and log together at the start: the vault must hold the newest entry of the log, since everything is written there first; the
 * log must hold what the vault knows to be in it; and what a crash has left in the vault alone is appended, in the order in which it was
 * issued (spec/notary §5).
 * @throws SDK_VAULT_MISSING, SDK_VAULT_BEHIND, SDK_LOG_BEHIND, SDK_VAULT_DAMAGED, LOG_IDS_DAMAGED, and as `Log.append`
 */
export async function reconcile(vault: Vault, log: Log): Promise<void> {
  await checkNewest(vault, log);
  const newest = await checkAppended(vault, log);
  let batch: Uint8Array[] = [];
  let next = 0;
  const append = async (): Promise<void> => {
    if (batch.length > 0) await log.appendBatch(batch);
    vault.appended(next);
    batch = [];
  };
  const { size } = log;
  /** Index behind the last item that was found. */
  let behind = newest === undefined ? 0 : newest + 1;
  let rest: ReadonlySet<string> | undefined;
  for await (const item of vault.unappended()) {
    const { address, entry, number } = item;
    const index = await log.find(address);
    if (index !== undefined) {
      // Issued anew where the vault had lost what was issued before, which may have been noted since: then as the log has it.
      const isSame =
        isLost(item) || (await holds(log, index, entry)) || (await isOfEmitter(log, address));
      if (!isSame && (await vault.item(address))?.number === number) throw vaultDamaged(index);
      behind = Math.max(behind, index + 1);
    } else {
      // Items come to the log in their order, so this one could only be behind those before it: a few entries, which are read, since an
      // address that the log misses would be appended once more.
      rest ??= await addressesOf(log.entries({ from: behind, to: size }));
      if (rest.has(formatAddress(address))) throw idsDamagedError();
      batch.push(entry);
    }
    next = number + 1;
    if (batch.length >= AT_ONCE) await append();
  }
  await append();
  await vault.cover(log.size);
}

/** Give the index of the newest item that must be there. A guard, a checkpoint and a chain say the same of more of the log; but they may be gone with it. */
async function checkAppended(vault: Vault, log: Log): Promise<number | undefined> {
  const item = await vault.newestAppended();
  if (!item) return undefined;
  const index = await log.find(item.address);
  if (index !== undefined && (await holds(log, index, item.entry))) return index;
  // An emitter had sent another statement of this id before, and this one was refused.
  if (index !== undefined && (await isOfEmitter(log, item.address))) return index;
  const address = formatAddress(item.address);
  let at = 0;
  for await (const entry of log.entries()) {
    if (at++ !== index && formatAddress(addressOf(entry)) === address) throw idsDamagedError();
  }
  throw logBehind();
}

/** Tell whether an entry of the log is this one, also if its bytes are withheld. */
async function holds(log: Log, index: number, entry: Uint8Array): Promise<boolean> {
  try {
    return equalBytes(await log.entry(index), entry);
  } catch (error) {
    if (!isCodedError(error) || error.code !== 'LOG_ENTRY_WITHHELD') throw error;
    return error.context['leafHash'] === formatBase64(nodeTreeHasher(log.suite).leaf(entry));
  }
}

async function addressesOf(entries: AsyncIterable<Uint8Array>): Promise<ReadonlySet<string>> {
  const addresses = new Set<string>();
  for await (const entry of entries) addresses.add(formatAddress(addressOf(entry)));
  return addresses;
}

/** Say that what was logged is not there. */
export function logBehind(): Error {
  return sdkError(
    'SDK_LOG_BEHIND',
    'the log lacks records that the vault knows to be in it: it is gone, or an older copy was put in its place. Put the newest copy of the log back, or fill it up from its tiles',
  );
}

async function checkNewest(vault: Vault, log: Log): Promise<void> {
  const newest = await newestOwn(log, await vault.covered());
  if (!newest) return;
  const { index, entry } = newest;
  const item = await vault.item(addressOf(entry));
  if (!item && vault.isEmpty) {
    throw sdkError(
      'SDK_VAULT_MISSING',
      `the log has ${index + 1} entries, the vault none: it is gone, or in another place`,
      { entries: index + 1 },
    );
  }
  if (!item) {
    throw sdkError(
      'SDK_VAULT_BEHIND',
      `the vault lacks entry ${index}, the newest of the log: an older copy was put in its place. Put the newest copy back; if there is none, adoptVault (anchorlog log adopt-vault) goes on without what opens the entries that it lacks`,
      { index },
    );
  }
  if (!parseWithheld(entry) && !equalBytes(item.entry, entry)) throw vaultDamaged(index);
}

function vaultDamaged(index: number): Error {
  return sdkError('SDK_VAULT_DAMAGED', `vault: entry ${index} is another than in the log`, {
    index,
  });
}

/** Find the newest entry that is no emitter's, which keeps its own. Below `covered` it was looked at before. */
async function newestOwn(
  log: Log,
  covered: number,
): Promise<{ readonly index: number; readonly entry: Uint8Array } | undefined> {
  for (let to = log.size; to > Math.min(covered, log.size - 1);) {
    const from = Math.max(0, to - AT_ONCE);
    let newest: { readonly index: number; readonly entry: Uint8Array } | undefined;
    let index = from;
    for await (const entry of log.entries({ from, to })) {
      if (!isOfSource(entry)) newest = { index, entry };
      index++;
    }
    if (newest) return newest;
    to = from;
  }
  return undefined;
}
