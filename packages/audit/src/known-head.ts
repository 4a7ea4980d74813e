import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { formatHex, isCodedError } from '@anchorlog/core';
import {
  anchorFolder,
  logId,
  parseAnchorFile,
  parseHeader,
  validatorsAt,
  verifyAnchorEvidence,
  type AnchorFile,
  type AnchoredHead,
} from '@anchorlog/evm-proof';
import type { PolicyChain, TrustPolicy } from '@anchorlog/verify';
import { auditError } from './error.ts';
import type { Findings } from './finding.ts';

/** An anchored head and how the audit knows of it. */
export interface KnownHead extends AnchoredHead {
  readonly chainId: number;
  /** From 1, on this chain. */
  readonly number: number;
  readonly from: 'chain' | 'evidence';
  readonly block?: { readonly number: number; readonly time: number } | undefined;
}

/**
 * Read the anchor files of a published log and verify their evidence under the policy. What does not verify is a finding, and its head is
 * not taken. In order of chains and numbers.
 */
export async function headsFromFiles(
  dir: string,
  {
    policy,
    origin,
    findings,
  }: { readonly policy: TrustPolicy; readonly origin: string; readonly findings: Findings },
): Promise<KnownHead[]> {
  const heads: KnownHead[] = [];
  for (const chain of policy.chains.values()) {
    const folder = anchorFolder(chain.chainId, `0x${formatHex(chain.contract)}`);
    for (const name of await anchorFileNames(join(dir, 'anchors', folder))) {
      try {
        const file = parseAnchorFile(await readFile(join(dir, 'anchors', folder, name)));
        const head = verifyAnchorFile(file, chain, origin);
        if (head) heads.push(head);
        else
          findings.add('AUDIT_EVIDENCE', {
            file: `${folder}/${name}`,
            cause: 'no evidence of this number',
          });
      } catch (error) {
        if (!isCodedError(error)) throw error;
        findings.add('AUDIT_EVIDENCE', { file: `${folder}/${name}`, cause: error.code });
      }
    }
  }
  return heads.toSorted((a, b) => a.chainId - b.chainId || a.number - b.number);
}

async function anchorFileNames(dir: string): Promise<string[]> {
  try {
    return (await readdir(dir)).filter((name) => name.endsWith('.json'));
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
    throw auditError(
      'AUDIT_SOURCE_UNREADABLE',
      'the folder of anchor files cannot be read',
      {},
      { cause },
    );
  }
}

/** Verify the first evidence that is for this chain; undefined if there is none, or it is of another number. */
function verifyAnchorFile(
  { number, head, evidence }: AnchorFile,
  chain: PolicyChain,
  origin: string,
): KnownHead | undefined {
  const own = evidence.find(({ chainId }) => chainId === chain.chainId);
  if (!own) return undefined;
  const anchor = verifyAnchorEvidence({
    evidence: own,
    validators: validatorsAt(chain.validatorSets, parseHeader(own.header).number),
    chainId: chain.chainId,
    contract: chain.contract,
    logId: logId(origin),
    head,
  });
  if (anchor.number !== number) return undefined;
  const block = { number: anchor.blockNumber, time: anchor.blockTime };
  return { ...head, chainId: chain.chainId, number, from: 'evidence', block };
}
