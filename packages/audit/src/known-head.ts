import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isCodedError } from '@anchorlog/core';
import {
  logId,
  parseAnchorFile,
  parseHeader,
  validatorsAt,
  verifyAnchorEvidence,
  type AnchorFile,
  type AnchoredHead,
} from '@anchorlog/evm-proof';
import type { TrustPolicy } from '@anchorlog/verify';
import { auditError } from './error.ts';
import type { Findings } from './finding.ts';

/** An anchored head and how the audit knows of it. */
export interface KnownHead extends AnchoredHead {
  readonly number: number;
  readonly from: 'chain' | 'evidence';
  readonly block?: { readonly number: number; readonly time: number } | undefined;
}

/**
 * Read the anchor files of a published log and verify their evidence under the policy. What does not verify is a finding, and its head is
 * not taken. In order of their numbers.
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
  for (const name of await anchorFileNames(join(dir, 'anchors'))) {
    try {
      const file = parseAnchorFile(await readFile(join(dir, 'anchors', name)));
      const head = verifyAnchorFile(file, policy, origin);
      if (head) heads.push(head);
      else
        findings.add('AUDIT_EVIDENCE', {
          file: name,
          cause: 'no evidence of it on a chain of the policy',
        });
    } catch (error) {
      if (!isCodedError(error)) throw error;
      findings.add('AUDIT_EVIDENCE', { file: name, cause: error.code });
    }
  }
  return heads.sort((a, b) => a.number - b.number);
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

/** Verify the first evidence on a chain that the policy names; undefined if there is none, or it is of another number. */
function verifyAnchorFile(
  { number, head, evidence }: AnchorFile,
  policy: TrustPolicy,
  origin: string,
): KnownHead | undefined {
  for (const each of evidence) {
    const chain = policy.chains.get(each.chainId);
    if (!chain) continue;
    const anchor = verifyAnchorEvidence({
      evidence: each,
      validators: validatorsAt(chain.validatorSets, parseHeader(each.header).number),
      chainId: chain.chainId,
      contract: chain.contract,
      logId: logId(origin),
      head,
    });
    if (anchor.number !== number) return undefined;
    const block = { number: anchor.blockNumber, time: anchor.blockTime };
    return { ...head, number, from: 'evidence', block };
  }
  return undefined;
}
