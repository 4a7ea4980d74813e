import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FILE_LIMITS, formatHex, isCodedError } from '@anchorlog/core';
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
  /** `0x` address of the registry, in lower case. */
  readonly contract: string;
  /** From 1, in this registry. */
  readonly number: number;
  /** A node's word, evidence that verified, or both alike. */
  readonly from: 'chain' | 'evidence' | 'both';
  /** From evidence. Time in seconds since 1970. */
  readonly block?: { readonly number: number; readonly time: number } | undefined;
  /** Whether only a validator set that the policy has retired sealed it: nobody guards those keys any more. */
  readonly retired?: boolean | undefined;
}

/** A registry that the policy trusts to keep heads. */
export interface PolicyRegistry {
  readonly chainId: number;
  /** `0x` address in lower case. */
  readonly contract: string;
  /** `0x` hash of its code. */
  readonly codeHash: string;
  readonly chain: PolicyChain;
}

/** Give the registries of a policy, in its order. */
export function registriesOf({ chains }: TrustPolicy): PolicyRegistry[] {
  return [...chains.values()].map((chain) => ({
    chainId: chain.chainId,
    contract: `0x${formatHex(chain.contract)}`,
    codeHash: `0x${formatHex(chain.codeHash)}`,
    chain,
  }));
}

/**
 * Read the anchor files of a published log and verify their evidence under the policy. What cannot be read or does not verify is a finding,
 * and its head is not taken. In order of registries and numbers. @throws AUDIT_SOURCE_UNREADABLE
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
  for (const registry of registriesOf(policy)) {
    const folder = anchorFolder(registry.chainId, registry.contract);
    const found: KnownHead[] = [];
    for (const name of await anchorFileNames(join(dir, 'anchors', folder))) {
      const refuse = (cause: string): void =>
        findings.add('AUDIT_EVIDENCE', { file: `${folder}/${name}`, cause });
      try {
        const bytes = await readIfFile(join(dir, 'anchors', folder, name));
        const head = bytes && verifyAnchorFile(parseAnchorFile(bytes), registry, origin);
        if (head) found.push(head);
        else refuse(bytes ? 'no evidence of this number and a time' : 'not a file');
      } catch (error) {
        const cause = isCodedError(error) ? error.code : systemCode(error);
        if (cause === undefined) throw error;
        refuse(cause);
      }
    }
    heads.push(...found.toSorted((a, b) => a.number - b.number));
  }
  return heads;
}

async function anchorFileNames(dir: string): Promise<string[]> {
  try {
    return (await readdir(dir)).filter((name) => name.endsWith('.json'));
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return [];
    throw auditError(
      'AUDIT_SOURCE_UNREADABLE',
      'the folder of anchor files cannot be read',
      {},
      { cause },
    );
  }
}

/** Read a file in bounded memory: one byte more than a file may have, so that its parser refuses what is longer. */
async function readIfFile(path: string): Promise<Uint8Array | undefined> {
  if (!(await stat(path)).isFile()) return undefined; // a folder, or a pipe that would never end
  const parts: Uint8Array[] = [];
  for await (const part of createReadStream(path, { end: FILE_LIMITS.bytes }))
    parts.push(part as Uint8Array); // a stream without encoding gives Buffers
  return Buffer.concat(parts);
}

/** Give the operating system's code of an error, if it has one. */
function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}

/** The last second that RFC 3339 can write, since 1970. */
const LAST_SECOND = 253_402_300_799;

/** Verify the first evidence that is for this chain; undefined if there is none, or it is of another number or a time beyond the calendar. */
function verifyAnchorFile(
  { number, head, evidence }: AnchorFile,
  { chainId, contract, chain }: PolicyRegistry,
  origin: string,
): KnownHead | undefined {
  const own = evidence.find((each) => each.chainId === chainId);
  if (!own) return undefined;
  const sets = chain.validatorSets;
  const validators = validatorsAt(sets, parseHeader(own.header).number);
  const anchor = verifyAnchorEvidence({
    evidence: own,
    validators,
    chainId,
    contract: chain.contract,
    logId: logId(origin),
    head,
  });
  if (anchor.number !== number || anchor.blockTime > LAST_SECOND) return undefined;
  const block = { number: anchor.blockNumber, time: anchor.blockTime };
  const set = sets.find((each) => each.validators === validators);
  const retired = set?.untilBlock !== undefined;
  return { ...head, chainId, contract, number, from: 'evidence', block, retired };
}
