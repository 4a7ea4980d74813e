import { formatHex } from '@anchorlog/core';
import type { TxLog } from '@anchorlog/evm-proof';
import { dataParam, invalid, objectParam } from './param.ts';

/** Which logs are asked for. */
export interface LogFilter {
  readonly fromBlock: unknown;
  readonly toBlock: unknown;
  /** Instead of both. */
  readonly blockHash: unknown;
  /** Tell whether the log's address and topics are among those asked for. */
  matches(log: TxLog): boolean;
}

const MOST_CHOICES = 1000;

/** Read the filter object of `eth_getLogs`: an address or several; for each topic none, one or several. */
export function logFilterParam(value: unknown): LogFilter {
  const filter = objectParam(value, 'filter');
  const addresses = choices(filter['address'], 'address', 20);
  const topics = list(filter['topics'] ?? [], 'topics', 4).map((topic) =>
    choices(topic, 'topics', 32),
  );
  const ranged = filter['fromBlock'] !== undefined || filter['toBlock'] !== undefined;
  if (ranged && filter['blockHash'] !== undefined) {
    throw invalid('filter', 'blockHash without fromBlock and toBlock');
  }
  return {
    fromBlock: filter['fromBlock'],
    toBlock: filter['toBlock'],
    blockHash: filter['blockHash'],
    matches: (log) =>
      (addresses?.has(formatHex(log.address)) ?? true) &&
      topics.every((asked, i) => {
        const topic = log.topics[i];
        return topic !== undefined && (asked?.has(formatHex(topic)) ?? true);
      }),
  };
}

/** None when everything is welcome. */
function choices(value: unknown, name: string, length: number): ReadonlySet<string> | undefined {
  if (value === undefined || value === null) return undefined;
  const values = Array.isArray(value) ? list(value, name, MOST_CHOICES) : [value];
  if (values.length === 0) return undefined;
  return new Set(values.map((each) => formatHex(dataParam(each, name, length))));
}

function list(value: unknown, name: string, most: number): readonly unknown[] {
  if (Array.isArray(value) && value.length <= most) return value;
  throw invalid(name, `an array of at most ${most}`);
}
