import type { JsonObject } from '@anchorlog/core';
import type { ValueType } from '@anchorlog/statement';
import { key, text, word, type FieldRow } from './field.ts';

const FILES_LIMIT = 256;
const FILE_BYTES = 1536;

/** The case that an event belongs to: committed, and an index key of kind `case`. */
export const CASE_NUMBER: FieldRow = [
  'caseNo',
  '办件编号',
  'Case number',
  text(50),
  false,
  'committed',
  key('case'),
];

/** Grading of the data, by which an organization decides who may open the record. */
const DATA_CLASS: FieldRow = [
  'dataClass',
  '数据分级',
  'Data class',
  word('G1', 'G2', 'G3', 'G4'),
  false,
  'public',
];

/** Digests of the record's files: array of { name, size, sha256 }, set by the issuer from the files themselves. */
const FILES: FieldRow = [
  'files',
  '文件摘要',
  'File digests',
  { kind: 'array', items: { kind: 'object', bytes: FILE_BYTES }, max: FILES_LIMIT },
  false,
  'committed',
];

/** Fields that end every profile's table but that of `log/1` (spec/profiles §3). */
export const COMMON_FIELDS: readonly FieldRow[] = [CASE_NUMBER, DATA_CLASS, FILES];

/** The common fields of a profile that has a case number of its own. */
export const COMMON_FIELDS_BESIDE_CASE: readonly FieldRow[] = [DATA_CLASS, FILES];

/** Fields that the issuer fills in itself: no record may claim them. */
export const ISSUER_SET: readonly string[] = ['files'];

/** A claim that a record may hold, that the emitter keeps, and that is never logged, not even as a commitment. */
export interface EmitterField {
  readonly name: string;
  readonly title: { readonly zh: string; readonly en: string };
  readonly type: ValueType;
}

/** What every record may say beside its profile's fields, for the emitter alone (spec/profiles §3.2). */
export const EMITTER_ONLY: readonly EmitterField[] = [
  {
    name: 'traceId',
    title: { zh: '链路追踪标识', en: 'Trace identifier' },
    type: { kind: 'string', min: 32, max: 32, pattern: '^[0-9a-f]+$' },
  },
  {
    name: 'retention',
    title: { zh: '保存期限', en: 'Retention period' },
    type: {
      kind: 'string',
      max: 32,
      pattern:
        '^P(?=[0-9T])(?:[0-9]{1,4}Y)?(?:[0-9]{1,4}M)?(?:[0-9]{1,4}W)?(?:[0-9]{1,5}D)?(?:T(?=[0-9])(?:[0-9]{1,5}H)?(?:[0-9]{1,5}M)?(?:[0-9]{1,5}S)?)?$',
    },
  },
];

/** Leave out what the emitter keeps to itself: the claims as `issue` of the statement package takes them. */
export function loggedClaims(claims: JsonObject): JsonObject {
  const names = EMITTER_ONLY.map((field) => field.name);
  return Object.fromEntries(Object.entries(claims).filter(([name]) => !names.includes(name)));
}
