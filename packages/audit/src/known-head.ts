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
import type { TileSource } from '@anchorlog/log';
import type { PolicyChain, TrustPolicy } from '@anchorlog/verify';
import { auditError } from './error.ts';
import type { Findings } from './finding.ts';
import { isMalformed } from './source.ts';

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
  return [...chains.values()].flatMap((chain) =>
    [chain, ...chain.otherContracts].map(({ contract, codeHash }) => ({
      chainId: chain.chainId,
      contract: `0x${formatHex(contract)}`,
      codeHash: `0x${formatHex(codeHash)}`,
      chain,
    })),
  );
}

/** Files in a row that may fail to verify where no list tells how many there are. */
const MAX_FAULTS = 16;
/** Files asked for at a time where each waits for a network. */
const AHEAD = 8;

/**
 * Read the anchor files of a published log, in a folder or another place, and verify their evidence under the policy. What cannot be read or
 * does not verify is a finding, and its head is not taken. In order of registries and numbers. spec/audit §2.1
 * @throws AUDIT_SOURCE_UNREADABLE, and what the place throws when it cannot tell what is there (LOG_REMOTE_…)
 */
export async function headsFromFiles(
  place: string | TileSource,
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
    let faults = 0;
    for await (const file of anchorFiles(place, `anchors/${folder}`)) {
      const head = await headOf(file, registry, origin);
      if (typeof head !== 'string') {
        found.push(head);
        faults = 0;
        continue;
      }
      findings.add('AUDIT_EVIDENCE', { file: `${folder}/${file.name}`, cause: head });
      // A folder has an end; a server could go on for ever.
      if (typeof place !== 'string' && ++faults === MAX_FAULTS) break;
    }
    heads.push(...found.toSorted((a, b) => a.number - b.number));
  }
  return heads;
}

/** A file among the anchors, which may be of any kind. */
interface FoundFile {
  readonly name: string;
  /** Its bytes, undefined if it has none. */
  readonly read: () => Promise<Uint8Array | undefined>;
}

/** Give the anchor files below a folder: those that it lists, or where nothing lists them 1.json, 2.json … until one is not there. */
async function* anchorFiles(
  place: string | TileSource,
  folder: string,
): AsyncGenerator<FoundFile, void, undefined> {
  if (typeof place === 'string') {
    for (const name of await anchorFileNames(join(place, folder))) {
      yield { name, read: () => readIfFile(join(place, folder, name)) };
    }
    return;
  }
  for (let first = 1; ; first += AHEAD) {
    const names = Array.from({ length: AHEAD }, (_, i) => `${first + i}.json`);
    const found = await Promise.all(names.map((name) => readServed(place, `${folder}/${name}`)));
    for (const [i, bytes] of found.entries()) {
      if (!bytes) return;
      yield { name: names[i]!, read: async () => bytes };
    }
  }
}

/** Give the head of a file that holds, or why it does not. */
async function headOf(
  { name, read }: FoundFile,
  registry: PolicyRegistry,
  origin: string,
): Promise<KnownHead | string> {
  try {
    const bytes = await read();
    if (!bytes) return 'not a file';
    const file = parseAnchorFile(bytes);
    const isNamed = name === `${file.number}.json`;
    const head = isNamed ? verifyAnchorFile(file, registry, origin) : undefined;
    return head ?? 'no evidence of this number and a time';
  } catch (error) {
    const cause = isCodedError(error) ? error.code : systemCode(error);
    if (cause === undefined) throw error;
    return cause;
  }
}

/** Read a file that is not listed; one that is longer than it can be is given as an empty one, which does not verify either. */
async function readServed(files: TileSource, path: string): Promise<Uint8Array | undefined> {
  try {
    return await files.read(path);
  } catch (error) {
    if (isCodedError(error) && isMalformed(error.code)) return new Uint8Array(0);
    throw error;
  }
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

/** Verify the first evidence that is for this registry; undefined if there is none, or it is of another number or a time beyond the calendar. */
function verifyAnchorFile(
  { number, head, evidence }: AnchorFile,
  { chainId, contract, chain }: PolicyRegistry,
  origin: string,
): KnownHead | undefined {
  const own = evidence.find(
    (each) => each.chainId === chainId && `0x${formatHex(each.contract)}` === contract,
  );
  if (!own) return undefined;
  const sets = chain.validatorSets;
  const validators = validatorsAt(sets, parseHeader(own.header).number);
  const anchor = verifyAnchorEvidence({
    evidence: own,
    validators,
    chainId,
    contract: own.contract,
    logId: logId(origin),
    head,
  });
  if (anchor.number !== number || anchor.blockTime > LAST_SECOND) return undefined;
  const block = { number: anchor.blockNumber, time: anchor.blockTime };
  const set = sets.find((each) => each.validators === validators);
  const retired = set?.untilBlock !== undefined;
  return { ...head, chainId, contract, number, from: 'evidence', block, retired };
}
