import { FILE_LIMITS, ShapeReader, formatBase64, parseJson, type JsonValue } from '@anchorlog/core';
import { evmError } from './error.ts';
import type { AnchoredHead } from './event.ts';
import { formatSealedEvidence, parseSealedEvidence, type SealedEvidence } from './evidence.ts';

/** A final anchor as a log publishes it beside its tiles, so that an audit needs no chain. spec/evidence §8 */
export interface AnchorFile {
  /** The anchor's number in the registry, from 1. */
  readonly number: number;
  readonly head: AnchoredHead;
  readonly evidence: readonly SealedEvidence[];
}

const FORMAT = 'anchorlog/anchor/1';
const EVIDENCE_LIMIT = 16;

/** Name the folder of a registry's anchor files: `<chainId>-<contract>`, the contract as `0x` address in lower case. spec/evidence §8 */
export function anchorFolder(chainId: number, contract: string): string {
  return `${chainId}-${contract.toLowerCase()}`;
}

/** Format the text of an anchor file. spec/evidence §8 */
export function formatAnchorFile({ number, head, evidence }: AnchorFile): string {
  const { size, rootHash, indexRoot } = head;
  const json = {
    format: FORMAT,
    number,
    head: { size, rootHash: formatBase64(rootHash), indexRoot: formatBase64(indexRoot) },
    evidence: evidence.map(formatSealedEvidence),
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

/** Read an anchor file; its evidence is not verified. spec/evidence §8 @throws EVM_ANCHOR_FILE_SHAPE, EVM_EVIDENCE_SHAPE, CORE_JSON_… */
export function parseAnchorFile(input: Uint8Array | string): AnchorFile {
  const shape = new ShapeReader((at, expected) => {
    throw evmError('EVM_ANCHOR_FILE_SHAPE', `anchor file${at}: expected ${expected}`, { at });
  });
  const file = shape.object(parseJson(input, FILE_LIMITS), '', {
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
    evidence: shape.array(file['evidence'], '/evidence', EVIDENCE_LIMIT, (item: JsonValue) =>
      parseSealedEvidence(item),
    ),
  };
}
