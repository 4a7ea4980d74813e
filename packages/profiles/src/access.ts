import { COMMON_FIELDS } from './common.ts';
import {
  BOOLEAN,
  COUNT,
  eventsOf,
  FIELD_NAMES,
  fieldsOf,
  key,
  officialName,
  PSEUDONYM,
  REGISTERED_CODE,
  SALTED_DIGEST,
  text,
  USCC,
  word,
  type RuledProfile,
} from './field.ts';

const DONE = ['success', 'failure', 'unknown'];

/** `access/1`: who looked at, searched, took out or changed whose data, for what (spec/profiles §6.8). */
export const ACCESS: RuledProfile = {
  name: 'access/1',
  title: { zh: '数据访问', en: 'Data access' },
  events: eventsOf([
    ['access.read', '查看', 'Read'],
    ['access.search', '检索', 'Searched'],
    ['access.export', '导出', 'Exported'],
    ['access.update', '修改', 'Updated'],
    ['access.delete', '删除', 'Deleted'],
    ['access.print', '打印', 'Printed'],
    ['access.deny', '拒绝访问', 'Denied'],
  ]),
  // prettier-ignore
  fields: fieldsOf([
    ['actorType', '主体类型', 'Actor type', word('user', 'service', 'admin', 'agent'), true, 'public'],
    ['actor', '操作主体假名', 'Actor pseudonym', PSEUDONYM, true, 'key', key('actor')],
    ['actorName', '操作人姓名', 'Actor name', text(100), false, 'committed'],
    ['actorOrgCode', '操作人机构代码', 'Actor organization code', USCC, true, 'public'],
    ['actorRole', '操作人角色', 'Actor role', officialName(50), true, 'public'],
    ['authMethod', '认证方式', 'Authentication method', word('password', 'sms', 'ca-cert', 'face', 'sso', 'mtls'), true, 'committed'],
    ['action', '操作', 'Action', word('read', 'search', 'export', 'update', 'delete', 'print'), true, 'public'],
    ['targetType', '对象类型', 'Target type', word('elicense', 'base-record', 'share-result', 'document', 'dashboard', 'log'), true, 'public'],
    ['targetId', '对象标识', 'Target identifier', text(200), true, 'committed'],
    ['subjectType', '数据主体类别', 'Subject type', word('natural', 'legal', 'other', 'batch', 'none'), true, 'public'],
    ['subjectPseudonym', '数据主体假名', 'Subject pseudonym', PSEUDONYM, false, 'key', key('holder')],
    ['fieldsAccessed', '访问数据项', 'Fields accessed', FIELD_NAMES, false, 'public'],
    ['purposeCode', '访问目的代码', 'Purpose code', REGISTERED_CODE, true, 'public'],
    ['reason', '访问理由', 'Reason', text(200), false, 'committed'],
    ['outcome', '结果', 'Outcome', word('success', 'failure', 'denied', 'unknown'), true, 'public'],
    ['resultCount', '结果条数', 'Records found', COUNT, false, 'public'],
    ['sourceAddrDigest', '来源地址摘要', 'Source address digest', SALTED_DIGEST, false, 'committed'],
    ['clientId', '终端或应用标识', 'Client', text(64), false, 'committed'],
    ['hiddenFromSubject', '对数据主体隐藏', 'Hidden from the subject', BOOLEAN, true, 'committed'],
    ...COMMON_FIELDS,
  ]),
  rules: [
    {
      rule: 'eventValue',
      field: 'action',
      values: {
        'access.read': ['read'],
        'access.search': ['search'],
        'access.export': ['export'],
        'access.update': ['update'],
        'access.delete': ['delete'],
        'access.print': ['print'],
      },
    },
    {
      rule: 'eventValue',
      field: 'outcome',
      values: {
        'access.read': DONE,
        'access.search': DONE,
        'access.export': DONE,
        'access.update': DONE,
        'access.delete': DONE,
        'access.print': DONE,
        'access.deny': ['denied'],
      },
    },
    {
      rule: 'require',
      fields: ['subjectPseudonym'],
      when: { equals: { field: 'subjectType', values: ['natural', 'legal'] } },
    },
    { rule: 'require', fields: ['reason'], when: { lacks: 'caseNo' } },
    { rule: 'expectCase', when: {} },
  ],
};
