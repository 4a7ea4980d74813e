import { formatInstant } from '@anchorlog/core';
import type { NotaryConfig } from './config.ts';
import { namedDigests } from './register-profiles.ts';

/** The record of entry 0: what is fixed for the log's whole life (spec/log, spec/profiles). */
export function genesisRecord(config: NotaryConfig, now: number): object {
  const { origin, suite = 'sha256', issuers, anchorByHours, chain } = config;
  const [operator] = issuers;
  return {
    profile: 'log/1',
    event: 'log.create',
    key: 'log.create',
    eventTime: formatInstant(now),
    issuer: { org: operator?.org, system: operator?.system },
    claims: {
      origin,
      suite,
      index: 'none',
      anchorBy: anchorByHours,
      profiles: namedDigests(),
      ...(chain && { chains: [`eip155:${chain.chainId}:${chain.contract}`] }),
    },
  };
}
