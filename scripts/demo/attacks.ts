import { join } from 'node:path';
import { Wallet, Interface } from 'ethers';
import { Level } from 'level';
import { ANCHOR_REGISTRY_ABI } from '@anchorlog/anchor';
import { Findings, replay, storeSource, type KnownHead } from '@anchorlog/audit';
import {
  DIGEST_BYTES,
  canonicalBytes,
  formatHex,
  parseJson,
  parseUtf8,
  type JsonValue,
} from '@anchorlog/core';
import { logId } from '@anchorlog/evm-proof';
import { createNotary, type ChainSettings, type Notary } from '@anchorlog/sdk';
import { bundleMutants } from '@anchorlog/testkit';
import { MemoryTree, proveConsistency } from '@anchorlog/tlog';
import { nodeTreeHasher } from '@anchorlog/tlog/node';
import { formatBundle, parseBundle, type Bundle, type TrustPolicy } from '@anchorlog/verify';
import { ORIGIN, rpc } from './world.ts';

const hasher = nodeTreeHasher();

/** Put another name into the disclosure of the holder's name. */
export function renamed(bundle: Bundle): string {
  const disclosures = bundle.disclosures.map((bytes) => {
    const [tag, salt, id, path, value] = parseJson(parseUtf8(bytes)) as JsonValue[]; // a disclosure
    return path === '/holderName' && value !== undefined
      ? canonicalBytes([tag!, salt!, id!, path, '冒名有限公司'])
      : bytes;
  });
  return formatBundle({ ...bundle, disclosures });
}

/** Let one validator seal the block twice, in the place of another. */
export function resealed(bundle: Bundle): string {
  const mutant = bundleMutants(bundle).find(({ name }) => name === 'header: a seal given twice');
  return formatBundle(parseBundle(mutant?.bundle));
}

/**
 * Anchor a tree in which entry `index` is another, with a correct proof between the forged trees, signed by the operator itself. Gives the
 * error by which the contract reverted the transaction; undefined if it did not.
 */
export async function anchorRewritten(
  notary: Notary,
  { url, chainId, contract }: ChainSettings,
  { index, key }: { readonly index: number; readonly key: string },
): Promise<string | undefined> {
  const { size } = notary.log;
  const forged = new MemoryTree(hasher);
  const leaves = new Uint8Array((size + 1) * DIGEST_BYTES);
  let at = 0;
  for await (const entry of notary.log.entries())
    leaves.set(hasher.leaf(entry), DIGEST_BYTES * at++);
  leaves[index * DIGEST_BYTES]! ^= 1;
  forged.append(leaves);
  const registry = new Interface(ANCHOR_REGISTRY_ABI);
  const proof = proveConsistency({ olderSize: size, newerSize: size + 1 }, forged.node, hasher);
  const data = registry.encodeFunctionData('anchor', [
    logId(ORIGIN),
    size + 1,
    forged.root(),
    new Uint8Array(DIGEST_BYTES),
    proof,
  ]);
  const operator = new Wallet(key);
  const raw = await operator.signTransaction({
    type: 0,
    chainId,
    nonce: Number(await rpc<string>(url, 'eth_getTransactionCount', [operator.address, 'latest'])),
    gasPrice: 0,
    gasLimit: 1_000_000,
    to: contract,
    data,
  });
  const hash = await rpc<string>(url, 'eth_sendRawTransaction', [raw]);
  const { status } = await rpc<{ status: string }>(url, 'eth_getTransactionReceipt', [hash]);
  if (status !== '0x0') return undefined;
  // The receipt says that it was reverted; the same call says by which error.
  try {
    await rpc(url, 'eth_call', [{ from: operator.address, to: contract, data }, 'latest']);
    return undefined;
  } catch (error) {
    const { data: revert = '0x' } = error as { readonly data?: string }; // as `rpc` throws it
    return registry.parseError(revert)?.name;
  }
}

/**
 * Change entry `index` in the database of a stopped notary: another date until when the license is valid, of the same length. Then open
 * that notary, and replay its store against what it published and what the chain holds. Gives what the replay found.
 */
export async function rewriteEntry(
  dir: string,
  index: number,
  { policy, fileHeads }: { readonly policy: TrustPolicy; readonly fileHeads: readonly KnownHead[] },
): Promise<{ readonly at: number | undefined; readonly found: readonly string[] }> {
  const store = new Level<Buffer, Buffer>(join(dir, 'log', 'entries'), {
    keyEncoding: 'buffer',
    valueEncoding: 'buffer',
  });
  for await (const [key, row] of store.iterator()) {
    const at = row.indexOf('"validTo":"2031-04-14"');
    if (key[0] !== 'e'.charCodeAt(0) || at < 0) continue;
    row.write('"validTo":"2099-04-14"', at);
    await store.put(key, row);
    break;
  }
  await store.close();
  await using notary = await createNotary({ dir });
  const entry = parseUtf8(await notary.log.entry(index));
  if (!entry.includes('2099-04-14')) throw new Error('the forger did not hit the license');
  const findings = new Findings();
  const source = await storeSource(notary.log, join(dir, 'tiles'));
  await replay({ source, origin: ORIGIN, policy, fileHeads, findings });
  const leaf = findings.listed.find(({ code }) => code === 'AUDIT_LEAF_MISMATCH');
  return {
    at: typeof leaf?.facts['index'] === 'number' ? leaf.facts['index'] : undefined,
    found: [...new Set(findings.listed.map(({ code }) => code))],
  };
}

/** Give a root as the screen shows it. */
export function shortRoot(root: Uint8Array): string {
  return `${formatHex(root).slice(0, 12)}…`;
}
