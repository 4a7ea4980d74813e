import { formatBase64, formatInstant, type JsonObject } from '@anchorlog/core';
import { keyId } from '@anchorlog/statement';
import { formatVerifierKey, noteKey } from '@anchorlog/tlog';
import { chainsAfter } from './chain-history.ts';
import type { NotaryConfig } from './config.ts';
import { signerOf, type KeyFile } from './key-file.ts';
import { issuerName } from './issuer.ts';
import type { NotaryKeys } from './keys.ts';

/** Write the trust policy of a notary's own log: what its verifiers pin (spec/notary §7, spec/policy). `now` dates it, in milliseconds since 1970. */
export function policyOf(config: NotaryConfig, keys: NotaryKeys, now: number): JsonObject {
  const { origin, suite = 'sha256', issuers, chain } = config;
  const orgs = [...new Set(issuers.map(({ org }) => org))];
  return {
    format: 'anchorlog/policy/1',
    name: origin,
    date: formatInstant(now).slice(0, 10),
    logs: [
      {
        origin,
        vkey: verifierKey(keys.checkpoint),
        receiptVkey: verifierKey(keys.receipt),
        suite,
        index: 'none',
        issuers: orgs,
        profiles: 'any',
      },
    ],
    issuers: orgs.map((org) => {
      const systems = issuers.filter((issuer) => issuer.org === org);
      const name = systems.find((issuer) => issuer.name)?.name;
      return {
        org,
        ...(name && { name: { ...name } }),
        keys: systems.map((issuer) => issuerKey(keys.issuers.get(issuerName(issuer))!)),
      };
    }),
    witnesses: [],
    indexCheckers: [],
    observers: [],
    chains: chain ? chainsAfter([], chain) : [],
    evidence: { kind: 'sealed' },
    maxStatusAge: 86_400,
  };
}

function verifierKey(key: KeyFile): string {
  return formatVerifierKey(noteKey({ name: key.name, publicKey: signerOf(key).publicKey }));
}

function issuerKey(key: KeyFile): JsonObject {
  const { publicKey, alg = 'Ed25519' } = signerOf(key);
  const { userId } = key;
  return {
    keyId: keyId(publicKey, alg),
    alg,
    publicKey: formatBase64(publicKey),
    ...(userId !== undefined && { userId }),
  };
}
