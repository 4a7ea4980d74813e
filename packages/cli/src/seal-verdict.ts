import type { Check, OfdInspection, SealInspection, SignatureInspection } from '@anchorlog/eseal';
import type { ExitName } from './exit.ts';
import type { Said } from './language.ts';
import type { Colour } from './output.ts';

export type Inspection = OfdInspection | SealInspection | SignatureInspection;

/** The one line that answers, and how the process ends for it. */
export interface SealVerdict {
  readonly sign: '✔' | '✘' | '?' | '!';
  readonly colour: Colour;
  readonly words: Said;
  readonly exit: ExitName;
}

/** Say what an inspection comes to: the gravest first, never 0 unless nothing is altered, open, unknown, untrusted or out of its time. */
export function sealVerdict(inspection: Inspection): SealVerdict {
  const { integrity, validity, trust } = inspection;
  switch (integrity) {
    case 'altered':
      return {
        sign: '✘',
        colour: 'red',
        words: ['内容被改动，不可采信', 'Altered: do not accept'],
        exit: 'refuted',
      };
    case 'unsigned':
      return {
        sign: '?',
        colour: 'yellow',
        words: ['文件中没有签章', 'There is no seal signature in this file'],
        exit: 'unknown',
      };
    case 'unknown':
      return unknownOf(inspection);
    case 'partial':
      return {
        sign: '!',
        colour: 'yellow',
        words: [
          '受保护的内容未被篡改，但有文件不受签章保护',
          'What is sealed is unaltered, but files of the document are not protected by the seal',
        ],
        exit: 'unknown',
      };
    case 'intact':
      return intactOf(validity, trust);
  }
}

function intactOf(validity: Inspection['validity'], trust: Inspection['trust']): SealVerdict {
  if (trust === 'unlisted') {
    return {
      sign: '!',
      colour: 'yellow',
      words: [
        '未被篡改，但制章者不在您的信任名单内',
        'Unaltered, but the maker of the seal is not on your list',
      ],
      exit: 'untrusted',
    };
  }
  if (validity === 'outside') {
    return {
      sign: '!',
      colour: 'yellow',
      words: [
        '未被篡改，但签章时间不在印章或证书的有效期内',
        'Unaltered, but signed at a time when seal or certificate was not valid',
      ],
      exit: 'notValid',
    };
  }
  if (validity === 'unknown') {
    return {
      sign: '?',
      colour: 'yellow',
      words: [
        '未被篡改，但签章时间只在时间戳里，无法核对有效期',
        'Unaltered, but only a timestamp token tells when it was signed: validity cannot be told',
      ],
      exit: 'unknown',
    };
  }
  return trust === 'listed'
    ? {
        sign: '✔',
        colour: 'green',
        words: ['未被篡改 · 制章者在您的信任名单内', 'Unaltered · seal of a maker on your list'],
        exit: 'ok',
      }
    : {
        sign: '✔',
        colour: 'blue',
        words: ['未被篡改 · 制章者未查', 'Unaltered · who made the seal was not checked'],
        exit: 'ok',
      };
}

const UNSUPPORTED: readonly string[] = [
  'ESEAL_ALGORITHM_UNKNOWN',
  'ESEAL_KEY_UNSUPPORTED',
  'ESEAL_EXTENSION_CRITICAL',
  'ESEAL_SIGNATURE_KIND',
  'ESEAL_CHECK_METHOD',
];

function unknownOf(inspection: Inspection): SealVerdict {
  const codes = checksOf(inspection).flatMap(({ outcome, code }) =>
    outcome === 'unknown' && code !== undefined ? [code] : [],
  );
  const needsData = codes.includes('ESEAL_DATA_MISSING');
  return {
    sign: '?',
    colour: 'yellow',
    words: needsData
      ? ['暂时无法判断：缺少所签的内容', 'Cannot tell: what was sealed is not there']
      : [
          '暂时无法判断：有本程序不认识的内容',
          'Cannot tell: it has what this program does not know',
        ],
    exit: codes.some((code) => UNSUPPORTED.includes(code)) ? 'unsupported' : 'unknown',
  };
}

/** Give the checks of everything that was inspected. */
export function checksOf(inspection: Inspection): readonly Check[] {
  return inspection.kind === 'ofd'
    ? inspection.signatures.flatMap(({ checks }) => checks)
    : inspection.checks;
}
