import { COMMON_FIELDS } from './common.ts';
import {
  BOOLEAN,
  COUNT,
  DATE,
  DIGEST,
  eventsOf,
  FIELD_NAMES,
  fieldsOf,
  INSTANT,
  ITEM,
  key,
  listOf,
  officialName,
  officialNumber,
  PSEUDONYM,
  REGISTERED_CODE,
  RESOURCE_CODE,
  SALTED_DIGEST,
  SYSTEM_ID,
  text,
  USCC,
  word,
  type RuledProfile,
} from './field.ts';

const MODE = word('api', 'table', 'file');
/** A withdrawal only says which request. */
const ASKED = ['share.request', 'share.amend'];
const APPROVED = ['share.approve'];
const DECIDED = ['share.approve', 'share.deny'];
const GRANT_NAMED = ['share.approve', 'share.revoke', 'share.expire'];
const REASONED = ['share.deny', 'share.revoke'];
const SIGNED_OFF = ['share.approve', 'share.deny', 'share.revoke'];
const DELIVERED = ['share.deliver'];
/** A refusal may have no authorization: that can be why. */
const AUTHORIZED = ['share.deliver', 'share.deliver-failed'];

/** `share.request/1`: asking for shared data (spec/profiles §6.5). */
export const SHARE_REQUEST: RuledProfile = {
  name: 'share.request/1',
  title: { zh: '数据共享申请', en: 'Data-sharing request' },
  events: eventsOf([
    ['share.request', '申请', 'Requested'],
    ['share.withdraw', '撤回', 'Withdrawn'],
    ['share.amend', '修改', 'Amended'],
  ]),
  // prettier-ignore
  fields: fieldsOf([
    ['requestNo', '申请编号', 'Request number', officialNumber(50), true, 'public'],
    ['resourceCode', '政务数据资源代码', 'Resource code', RESOURCE_CODE, true, 'public'],
    ['resourceName', '资源名称', 'Resource name', officialName(200), ASKED, 'public'],
    ['providerOrgCode', '数据提供部门代码', 'Provider code', USCC, true, 'public'],
    ['consumerOrgCode', '数据需求部门代码', 'Consumer code', USCC, true, 'public'],
    ['consumerAppId', '需求应用标识', 'Consumer application', SYSTEM_ID, ASKED, 'committed'],
    ['shareType', '共享属性', 'Share type', word('unconditional', 'conditional', 'none'), ASKED, 'public'],
    ['exchangeMode', '共享方式', 'Exchange mode', MODE, ASKED, 'public'],
    ['purposeCode', '用途代码', 'Purpose code', REGISTERED_CODE, ASKED, 'public'],
    ['purpose', '用途说明', 'Purpose', text(500), ASKED, 'committed'],
    ['itemCodes', '关联事项编码', 'Service item codes', listOf(ITEM, 64), false, 'public'],
    ['legalBasisText', '履职依据', 'Legal basis', text(500), ASKED, 'committed'],
    ['fieldsRequested', '申请数据项', 'Fields requested', FIELD_NAMES, ASKED, 'public'],
    ['personalInfo', '是否含个人信息', 'Personal information', BOOLEAN, ASKED, 'public'],
    ['sensitivePersonalInfo', '是否含敏感个人信息', 'Sensitive personal information', BOOLEAN, false, 'public'],
    ['piaRef', '影响评估编号', 'Impact assessment reference', text(128), false, 'committed'],
    ['periodFrom', '使用起始', 'Period from', DATE, ASKED, 'public'],
    ['periodTo', '使用截止', 'Period to', DATE, ASKED, 'public'],
    ['callQuotaPerDay', '日调用上限', 'Calls per day at most', COUNT, false, 'public'],
    ['attachmentsDigest', '附件摘要', 'Attachment digests', listOf(DIGEST, 64), false, 'public'],
    ...COMMON_FIELDS,
  ]),
  rules: [
    {
      rule: 'require',
      fields: ['sensitivePersonalInfo'],
      when: { events: ASKED, equals: { field: 'personalInfo', values: [true] } },
    },
    {
      rule: 'require',
      fields: ['callQuotaPerDay'],
      when: { events: ASKED, equals: { field: 'exchangeMode', values: ['api'] } },
    },
    { rule: 'order', begin: 'periodFrom', end: 'periodTo' },
  ],
};

/** `share.decision/1`: granting, denying or ending the sharing of data (spec/profiles §6.6). */
export const SHARE_DECISION: RuledProfile = {
  name: 'share.decision/1',
  title: { zh: '数据共享授权审批', en: 'Data-sharing decision' },
  events: eventsOf([
    ['share.approve', '批准', 'Approved'],
    ['share.deny', '不予共享', 'Denied'],
    ['share.revoke', '撤销授权', 'Revoked'],
    ['share.expire', '授权到期', 'Expired'],
  ]),
  // prettier-ignore
  fields: fieldsOf([
    ['requestNo', '申请编号', 'Request number', officialNumber(50), true, 'public'],
    ['decision', '审批结果', 'Decision', word('approve', 'deny', 'revoke', 'expire'), true, 'public'],
    ['decisionTime', '审批时间', 'Decided at', INSTANT, true, 'public'],
    ['deadline', '应答复期限', 'Deadline of the answer', DATE, DECIDED, 'public'],
    ['authorizationId', '授权编号', 'Authorization', officialNumber(64), GRANT_NAMED, 'public', key('authorization')],
    ['fieldsGranted', '授权数据项', 'Fields granted', FIELD_NAMES, APPROVED, 'public'],
    ['purposeCode', '授权用途代码', 'Purpose code', REGISTERED_CODE, APPROVED, 'public'],
    ['validFrom', '授权起始', 'Valid from', DATE, APPROVED, 'public'],
    ['validTo', '授权截止', 'Valid to', DATE, APPROVED, 'public'],
    ['callQuotaPerDay', '日调用上限', 'Calls per day at most', COUNT, false, 'public'],
    ['conditions', '使用条件', 'Conditions', listOf(text(200), 32), false, 'committed'],
    ['reasonCode', '不予共享理由代码', 'Reason code', REGISTERED_CODE, REASONED, 'public'],
    ['reason', '理由', 'Reason', text(500), REASONED, 'committed'],
    ['appealPath', '争议处理', 'Way of appeal', text(200), false, 'committed'],
    ['approver', '审批人假名', 'Approver pseudonym', PSEUDONYM, SIGNED_OFF, 'key', key('actor')],
    ['approverName', '审批人姓名', 'Approver name', text(100), false, 'committed'],
    ...COMMON_FIELDS,
  ]),
  rules: [
    {
      rule: 'eventValue',
      field: 'decision',
      values: {
        'share.approve': ['approve'],
        'share.deny': ['deny'],
        'share.revoke': ['revoke'],
        'share.expire': ['expire'],
      },
    },
    { rule: 'order', begin: 'validFrom', end: 'validTo' },
  ],
};

/**
 * `share.delivery/1`: one call, table batch or file, delivered or refused. Provider and consumer each log their own statement of the same
 * `deliveryId` (spec/profiles §6.7).
 */
export const SHARE_DELIVERY: RuledProfile = {
  name: 'share.delivery/1',
  title: { zh: '数据共享交付', en: 'Data-sharing delivery' },
  events: eventsOf([
    ['share.deliver', '交付', 'Delivered'],
    ['share.deliver-failed', '交付失败', 'Delivery failed'],
    ['share.refuse', '拒绝交付', 'Delivery refused'],
  ]),
  // prettier-ignore
  fields: fieldsOf([
    ['deliveryId', '交付编号', 'Delivery', officialNumber(64), true, 'public'],
    ['authorizationId', '授权编号', 'Authorization', officialNumber(64), AUTHORIZED, 'public', key('authorization')],
    ['resourceCode', '资源代码', 'Resource code', RESOURCE_CODE, true, 'public'],
    ['serviceId', '服务标识', 'Service', SYSTEM_ID, true, 'public'],
    ['providerOrgCode', '提供部门代码', 'Provider code', USCC, true, 'public'],
    ['consumerOrgCode', '需求部门代码', 'Consumer code', USCC, true, 'public'],
    ['consumerAppId', '调用应用标识', 'Consumer application', SYSTEM_ID, true, 'committed'],
    ['exchangeMode', '共享方式', 'Exchange mode', MODE, true, 'public'],
    ['requestTime', '请求时间', 'Requested at', INSTANT, true, 'public'],
    ['responseTime', '响应时间', 'Answered at', INSTANT, true, 'public'],
    ['purposeCode', '使用目的代码', 'Purpose code', REGISTERED_CODE, true, 'public'],
    ['subjectType', '查询对象类别', 'Subject type', word('natural', 'legal', 'other', 'batch'), true, 'public'],
    ['subjectPseudonym', '查询对象假名', 'Subject pseudonym', PSEUDONYM, false, 'key', key('holder')],
    ['subjectSetDigest', '批量对象集合承诺', 'Commitment to the set of subjects', SALTED_DIGEST, false, 'committed'],
    ['fieldsReturned', '返回数据项', 'Fields returned', FIELD_NAMES, true, 'public'],
    ['recordCount', '返回条数', 'Records', COUNT, true, 'public'],
    ['responseBytes', '响应大小', 'Bytes of the answer', COUNT, true, 'public'],
    ['requestDigest', '请求摘要', 'Request digest', SALTED_DIGEST, true, 'committed'],
    ['responseDigest', '响应摘要', 'Response digest', SALTED_DIGEST, DELIVERED, 'committed'],
    ['fileDigest', '文件摘要', 'File digest', DIGEST, false, 'public'],
    ['tableSnapshotDigest', '库表批次摘要', 'Table batch digest', DIGEST, false, 'public'],
    ['statusCode', '状态码', 'Status code', { kind: 'string', max: 16, pattern: '^[0-9A-Za-z._-]+$' }, true, 'public'],
    ['result', '结果', 'Result', word('success', 'no-data', 'refused', 'error'), true, 'public'],
    ['refuseReason', '拒绝原因代码', 'Reason of refusal', REGISTERED_CODE, ['share.refuse'], 'public'],
    ['latencyMs', '耗时', 'Duration in ms', COUNT, false, 'public'],
    ...COMMON_FIELDS,
  ]),
  rules: [
    {
      rule: 'eventValue',
      field: 'result',
      values: {
        'share.deliver': ['success', 'no-data'],
        'share.deliver-failed': ['error'],
        'share.refuse': ['refused'],
      },
    },
    {
      rule: 'require',
      fields: ['subjectPseudonym'],
      when: { equals: { field: 'subjectType', values: ['natural', 'legal'] } },
    },
    {
      rule: 'require',
      fields: ['subjectSetDigest'],
      when: { events: DELIVERED, equals: { field: 'subjectType', values: ['batch'] } },
    },
    {
      rule: 'require',
      fields: ['fileDigest'],
      when: { events: DELIVERED, equals: { field: 'exchangeMode', values: ['file'] } },
    },
    {
      rule: 'require',
      fields: ['tableSnapshotDigest'],
      when: { events: DELIVERED, equals: { field: 'exchangeMode', values: ['table'] } },
    },
    { rule: 'order', begin: 'requestTime', end: 'responseTime' },
    { rule: 'expectCase', when: { equals: { field: 'exchangeMode', values: ['api'] } } },
  ],
};
