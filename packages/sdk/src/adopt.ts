import { equalBytes } from '@anchorlog/core';
import { parseWithheld, type Log } from '@anchorlog/log';
import { parseStatement, type StatementAddress } from '@anchorlog/statement';
import { nodeTreeHasher } from '@anchorlog/tlog/node';
import { adoptedItem } from './vault-item.ts';
import type { Vault } from './vault.ts';

/** What a vault lacked of its log. */
export interface VaultAdoption {
  /** Entries of the log. */
  readonly entries: number;
  /** Entries whose records, disclosures and key openings are lost: ranges of indexes, `to` not included. */
  readonly lost: readonly { readonly from: number; readonly to: number }[];
}

const AT_ONCE = 256;

/**
 * Bring a vault that is behind its log, empty, or holds another statement than the log, to the entries of the log. What opens them cannot be brought back: they are noted as lost, so that
 * their numbers are not given to other records, links to them resolve, and bundles that open nothing can be made (spec/notary §5.1).
 * A crash leaves a part of it; doing it again does the rest. @throws SDK_VAULT_DAMAGED, SDK_VAULT_FAILED
 */
export async function adopt(vault: Vault, log: Log): Promise<VaultAdoption> {
  const lost: { from: number; to: number }[] = [];
  const { size } = log;
  const hasher = nodeTreeHasher(log.suite);
  let batch: { readonly address: StatementAddress; readonly entry: Uint8Array }[] = [];
  let index = 0;
  const settle = async (): Promise<void> => {
    const first = index - batch.length;
    const places = await vault.places(batch.map(({ address }) => address));
    for (const [i, { address, entry }] of batch.entries()) {
      const leaf = parseWithheld(entry)?.leafHash ?? hasher.leaf(entry);
      const place = places[i];
      // Another leaf is of a statement that was issued anew where the vault had lost this one, and that no log has.
      if (place && equalBytes(place.leaf, leaf)) continue;
      vault.add({ item: adoptedItem(address, entry), leaf, key: undefined });
      const last = lost.at(-1);
      if (last?.to === first + i) last.to++;
      else lost.push({ from: first + i, to: first + i + 1 });
    }
    await vault.flush();
    batch = [];
  };
  for await (const entry of log.entries({ to: size })) {
    // What an emitter has sent stands in its own vault.
    if (isOfSource(entry)) {
      await settle();
      index++;
      continue;
    }
    batch.push({ address: addressOf(entry), entry });
    index++;
    if (batch.length === AT_ONCE) await settle();
  }
  await settle();
  return { entries: size, lost };
}

/** Tell whether an entry of the log bears a number of a source, and so was issued by an emitter; also of one that is withheld. */
export function isOfSource(entry: Uint8Array): boolean {
  return (parseWithheld(entry) ?? parseStatement(entry)).sequence !== undefined;
}

/** Tell whether the statement that the log has at an address was sent by an emitter. */
export async function isOfEmitter(log: Log, address: StatementAddress): Promise<boolean> {
  const index = await log.find(address);
  if (index === undefined) return false;
  for await (const entry of log.entries({ from: index, to: index + 1 })) return isOfSource(entry);
  return false;
}

/** Give the address of an entry of the log, also of one that is withheld. */
export function addressOf(entry: Uint8Array): StatementAddress {
  const withheld = parseWithheld(entry);
  if (withheld) {
    const [org = '', system = '', id = ''] = withheld.address.split('/');
    return { org, system, id };
  }
  const { id, issuer } = parseStatement(entry);
  return { org: issuer.org, system: issuer.system, id };
}
