import type { JsonObject } from '@anchorlog/core';

/** A small sound profile of one's own, in the form of a file. */
export const OWN_PROFILE: JsonObject = {
  format: 'anchorlog/profile/1',
  name: 'permit.visit/1',
  title: { zh: '现场核查', en: 'Visit on site' },
  events: [
    { name: 'visit.begin', title: { zh: '开始', en: 'Begun' } },
    { name: 'visit.end', title: { zh: '结束', en: 'Ended' } },
  ],
  fields: [
    {
      name: 'visitNo',
      title: { zh: '核查编号', en: 'Number of the visit' },
      type: { kind: 'string', max: 32, pattern: '^[A-Z]{2}-[0-9]{4,12}$' },
      required: true,
      disclosure: 'public',
    },
    {
      name: 'kind',
      title: { zh: '核查类别', en: 'Kind of visit' },
      type: { kind: 'enum', values: ['routine', 'complaint'] },
      required: true,
      disclosure: 'public',
    },
    {
      name: 'beganAt',
      title: { zh: '开始时间', en: 'Begun at' },
      type: { kind: 'instant' },
      required: true,
      disclosure: 'public',
    },
    {
      name: 'endedAt',
      title: { zh: '结束时间', en: 'Ended at' },
      type: { kind: 'instant' },
      required: ['visit.end'],
      disclosure: 'public',
    },
    {
      name: 'inspector',
      title: { zh: '核查人假名', en: 'Inspector pseudonym' },
      type: { kind: 'pseudonym' },
      required: true,
      disclosure: 'key',
      key: { kind: 'actor', role: 'self' },
    },
    {
      name: 'findings',
      title: { zh: '核查情况', en: 'Findings' },
      type: { kind: 'array', items: { kind: 'string', max: 400 }, max: 20 },
      required: ['visit.end'],
      disclosure: 'committed',
    },
    {
      name: 'caseNo',
      title: { zh: '办件编号', en: 'Case number' },
      type: { kind: 'string', min: 1, max: 50 },
      required: false,
      disclosure: 'committed',
      key: { kind: 'case', role: 'self' },
    },
    {
      name: 'dataClass',
      title: { zh: '数据分级', en: 'Data class' },
      type: { kind: 'enum', values: ['G1', 'G2', 'G3', 'G4'] },
      required: false,
      disclosure: 'public',
    },
    {
      name: 'files',
      title: { zh: '文件摘要', en: 'File digests' },
      type: { kind: 'array', items: { kind: 'object', bytes: 1536 }, max: 256 },
      required: false,
      disclosure: 'committed',
    },
  ],
  rules: [
    { rule: 'order', begin: 'beganAt', end: 'endedAt' },
    {
      rule: 'require',
      fields: ['caseNo'],
      when: { equals: { field: 'kind', values: ['complaint'] } },
    },
  ],
};

const CLAIMS: JsonObject = {
  visitNo: 'HC-20260412',
  kind: 'routine',
  beganAt: '2026-04-12T09:00:00+08:00',
  inspector: { kind: 'staff', id: '11999999000002065W/u0021' },
};

/** The same with examples. */
export const OWN_FILE: JsonObject = {
  ...OWN_PROFILE,
  examples: [
    { event: 'visit.begin', claims: CLAIMS },
    {
      event: 'visit.end',
      claims: { ...CLAIMS, endedAt: '2026-04-12T11:30:00+08:00', findings: ['场所与图纸一致'] },
    },
  ],
  refused: [
    {
      name: 'an end before its begin',
      example: 1,
      set: { endedAt: '2026-04-12T08:59:59+08:00' },
      code: 'PROFILES_ORDER_BROKEN',
      at: '/claims/endedAt',
    },
    {
      name: 'a complaint without a case',
      example: 0,
      set: { kind: 'complaint' },
      code: 'PROFILES_FIELD_MISSING',
      at: '/claims/caseNo',
    },
    {
      name: 'an end without findings',
      example: 1,
      remove: ['findings'],
      code: 'PROFILES_FIELD_MISSING',
      at: '/claims/findings',
    },
  ],
};
