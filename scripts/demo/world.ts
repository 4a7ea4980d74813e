import { formatHex, parseHex } from '@anchorlog/core';
import type { Devchain } from '@anchorlog/devchain';
import { parseQbftExtra } from '@anchorlog/evm-proof';
import {
  deployDevelopment,
  initNotary,
  joinDevelopment,
  readKeys,
  type ChainSettings,
  type IssuerConfig,
} from '@anchorlog/sdk';
import type { DemoRecord } from './records.ts';

export const ORIGIN = 'example.gov/licenses';

const ENGLISH: Readonly<Record<string, string>> = {
  '1199999900000006XQ': 'Example City Market Supervision Bureau',
  '11999999000002014L': 'Example Province Data Bureau',
  '11999999000002022F': 'Example Province Seal Center',
  '119999990000020497': 'Example City Human Resources Bureau',
  '119999990000020572': 'Example Province Healthcare Security Bureau',
  '11999999000002065W': 'Example City Approval Bureau',
  '11999999000002073P': 'Example City Finance Bureau',
  '91999999000003017W': 'Example Data Operation Company',
};

/** Make a notary for all who issue `records`; it closes a batch only when it is told to. */
export async function makeNotary(dir: string, records: readonly DemoRecord[]): Promise<void> {
  const issuers = new Map<string, IssuerConfig>();
  const [operator] = records.filter(({ profile }) => profile.startsWith('license.lifecycle/'));
  for (const { issuer } of [operator!, ...records]) {
    const { org, system, name } = issuer;
    const zh = name.replace(/((虚构)|\(虚构\))$/, '');
    issuers.set(`${org}/${system}`, { org, system, name: { zh, en: ENGLISH[org] ?? zh } });
  }
  await initNotary({
    dir,
    origin: ORIGIN,
    issuers: [...issuers.values()],
    batch: { intervalMs: 3_600_000, entries: 1_000_000 },
  });
}

/** Deploy the registry, register the log of the notary in `dir`, and set the notary to this chain. */
export async function setUpChain(dir: string, chain: Devchain): Promise<ChainSettings> {
  const settings = await deployDevelopment(chain, { blockTimeMs: 80 });
  await joinDevelopment(dir, chain, settings);
  return settings;
}

/** Give the key of the notary's operator as `0x` hexadecimal. */
export async function operatorKey(dir: string): Promise<string> {
  const { operator } = await readKeys(dir, { origin: ORIGIN, issuers: [] });
  return `0x${formatHex(operator.secret)}`;
}

/** Ask the demo's own chain. @throws an error with the node's `data` */
export async function rpc<T>(url: string, method: string, params: readonly unknown[]): Promise<T> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  const { result, error } = (await answer.json()) as {
    readonly result: T;
    readonly error?: { readonly message: string; readonly data?: string };
  };
  if (error) throw Object.assign(new Error(error.message), { data: error.data });
  return result;
}

/** Give the transactions of a block and how many validators have sealed it. */
export async function blockOf(
  url: string,
  number: number,
): Promise<{ readonly transactions: readonly string[]; readonly seals: number }> {
  const { extraData, transactions } = await rpc<{ extraData: string; transactions: string[] }>(
    url,
    'eth_getBlockByNumber',
    [`0x${number.toString(16)}`, false],
  );
  return { transactions, seals: parseQbftExtra(parseHex(extraData.slice(2))).seals.length };
}
