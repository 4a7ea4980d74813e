import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FILE_LIMITS, ShapeReader, formatBase64, isCodedError, parseJson } from '@anchorlog/core';
import {
  formatSealedEvidence,
  logId,
  parseSealedEvidence,
  validatorsAt,
  parseHeader,
  verifyAnchorEvidence,
  type AnchoredHead,
  type SealedEvidence,
} from '@anchorlog/evm-proof';
import type { TrustPolicy } from '@anchorlog/verify';
import { auditError } from './error.ts';
import type { Findings } from './finding.ts';

/** A final anchor as it is published beside the tiles. spec/audit §2 */
export interface AnchorFile {
  readonly number: number;
  readonly head: AnchoredHead;
  readonly evidence: readonly SealedEvidence[];
}

/** An anchored head and how the audit knows of it. */
export interface KnownHead extends AnchoredHead {
  readonly number: number;
  readonly from: 'chain' | 'evidence';
  readonly block?: { readonly number: number; readonly time: number } | undefined;
}

const FORMAT = 'anchorlog/anchor/1';

const shape = new ShapeReader((at, expected) => {
  throw auditError(
    'AUDIT_ANCHOR_FILE_MALFORMED',
    `anchor file: expected ${expected} at ${at || '/'}`,
    { at },
  );
});

/** Give an anchor file's text. */
export function formatAnchorFile({ number, head, evidence }: AnchorFile): string {
  const json = {
    format: FORMAT,
    number,
    head: {
      size: head.size,
      rootHash: formatBase64(head.rootHash),
      indexRoot: formatBase64(head.indexRoot),
    },
    evidence: evidence.map(formatSealedEvidence),
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

/** Read an anchor file. @throws AUDIT_ANCHOR_FILE_MALFORMED, EVM_EVIDENCE_SHAPE, CORE_JSON_… */
export function parseAnchorFile(bytes: Uint8Array): AnchorFile {
  const file = shape.object(parseJson(bytes, FILE_LIMITS), '', {
    required: ['format', 'number', 'head', 'evidence'],
  });
  shape.word(file['format'], '/format', [FORMAT]);
  const head = shape.object(file['head'], '/head', { required: ['size', 'rootHash', 'indexRoot'] });
  return {
    number: shape.size(file['number'], '/number'),
    head: {
      size: shape.size(head['size'], '/head/size'),
      rootHash: shape.base64(head['rootHash'], '/head/rootHash', 32),
      indexRoot: shape.base64(head['indexRoot'], '/head/indexRoot', 32),
    },
    evidence: shape.array(file['evidence'], '/evidence', 16, parseSealedEvidence),
  };
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
      heads.push(verifyAnchorFile(file, policy, origin));
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

function verifyAnchorFile(
  { number, head, evidence }: AnchorFile,
  policy: TrustPolicy,
  origin: string,
): KnownHead {
  for (const each of evidence) {
    const chain = policy.chains.get(each.chainId);
    if (!chain) continue;
    const validators = validatorsAt(chain.validatorSets, parseHeader(each.header).number);
    const anchor = verifyAnchorEvidence({
      evidence: each,
      validators,
      chainId: chain.chainId,
      contract: chain.contract,
      logId: logId(origin),
      head,
    });
    if (anchor.number !== number) {
      throw auditError(
        'AUDIT_ANCHOR_FILE_MALFORMED',
        `anchor file: says ${number}, its event says ${anchor.number}`,
      );
    }
    return {
      ...head,
      number,
      from: 'evidence',
      block: { number: anchor.blockNumber, time: anchor.blockTime },
    };
  }
  throw auditError(
    'AUDIT_ANCHOR_FILE_MALFORMED',
    'anchor file: no evidence on a chain of the policy',
  );
}
