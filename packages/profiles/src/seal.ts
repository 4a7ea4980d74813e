import { COMMON_FIELDS } from './common.ts';
import {
  DIGEST,
  eventsOf,
  fieldsOf,
  HASH,
  INSTANT,
  key,
  listOf,
  officialName,
  officialNumber,
  PSEUDONYM,
  text,
  USCC,
  word,
  type RuledProfile,
} from './field.ts';
import type { ValueType } from '@anchorlog/statement';
import { SEAL_STATES } from './states.ts';

/** SES esID, national seal code. */
const SEAL_ID: ValueType = { kind: 'string', max: 32, pattern: '^[0-9A-Za-z][0-9A-Za-z._-]*$' };
const HEX_ID: ValueType = { kind: 'string', min: 32, max: 32, pattern: '^[0-9a-f]+$' };
const CERTIFICATE_SERIAL: ValueType = {
  kind: 'string',
  min: 2,
  max: 64,
  pattern: '^[0-9A-Fa-f]+$',
};

/** From making on there is seal data, and certificates that it is bound to. */
const MADE = [
  'seal.make',
  'seal.file',
  'seal.activate',
  'seal.suspend',
  'seal.resume',
  'seal.renew',
  'seal.lose',
  'seal.revoke',
  'seal.cancel',
  'seal.expire',
];
const STOPPED = ['seal.suspend', 'seal.revoke', 'seal.cancel'];
const SIGNED = ['seal.sign', 'seal.verify'];
const OPERATED = ['seal.sign', 'seal.sign-refused'];

/** `seal.lifecycle/1`: what becomes of an electronic seal; the status fold reads it (spec/profiles §6.3). */
export const SEAL_LIFECYCLE: RuledProfile = {
  name: 'seal.lifecycle/1',
  title: { zh: '电子印章生命周期', en: 'Seal lifecycle' },
  events: eventsOf([
    ['seal.apply', '申请', 'Applied for'],
    ['seal.approve', '审批', 'Approved'],
    ['seal.make', '制作', 'Made'],
    ['seal.file', '备案', 'Filed'],
    ['seal.activate', '启用', 'Activated'],
    ['seal.suspend', '停用', 'Suspended'],
    ['seal.resume', '恢复', 'Resumed'],
    ['seal.renew', '延期', 'Renewed'],
    ['seal.lose', '挂失', 'Reported lost'],
    ['seal.revoke', '吊销或撤销', 'Revoked or withdrawn'],
    ['seal.cancel', '注销', 'Cancelled'],
    ['seal.expire', '过期失效', 'Expired'],
  ]),
  // prettier-ignore
  fields: fieldsOf([
    ['sealId', '印章编码', 'Seal code', SEAL_ID, true, 'public', key('seal')],
    ['sealName', '印章名称', 'Seal name', officialName(100), true, 'public'],
    ['sealType', '印章类型代码', 'Seal type code', word('01', '02', '03', '04', '05', '99'), true, 'public'],
    ['ownerOrgCode', '印章所有者代码', 'Owner code', USCC, true, 'public'],
    ['makerOrgCode', '制章者代码', 'Maker code', USCC, true, 'public'],
    ['parentSealId', '上级印章编码', 'Parent seal code', SEAL_ID, false, 'public'],
    ['statusFrom', '变更前状态', 'Status before', word('none', ...SEAL_STATES), true, 'public'],
    ['statusTo', '变更后状态', 'Status after', word(...SEAL_STATES), true, 'public'],
    ['validFrom', '有效期起始', 'Valid from', INSTANT, true, 'public'],
    ['validTo', '有效期截止', 'Valid to', INSTANT, true, 'public'],
    ['sealFormat', '印章数据格式', 'Seal data format', word('GM/T 0031-2014/V1', 'GB/T 38540-2020/V4', 'GM/T 0031-2025/V5'), MADE, 'public'],
    ['sealDataDigest', '印章数据摘要', 'Seal data digest', DIGEST, MADE, 'public'],
    ['pictureDigest', '印章图像摘要', 'Seal picture digest', DIGEST, false, 'public'],
    ['makerCertDigest', '制章者证书摘要', 'Maker certificate digest', DIGEST, false, 'public'],
    ['signerCertDigests', '签章者证书摘要', 'Signer certificate digests', listOf(DIGEST, 32), MADE, 'public'],
    ['filingNo', '备案编号', 'Filing number', officialNumber(64), ['seal.file', 'seal.activate'], 'public'],
    ['reasonCode', '停用或注销原因', 'Reason code', word('revoke', 'withdraw', 'lost', 'other'), STOPPED, 'public'],
    ['reasonText', '原因描述', 'Reason', text(400), STOPPED, 'committed'],
    ['applyTime', '申请时间', 'Applied at', INSTANT, ['seal.apply'], 'public'],
    ['effectiveTime', '生效时间', 'Effective time', INSTANT, true, 'public'],
    ['applicant', '申请人假名', 'Applicant pseudonym', PSEUDONYM, false, 'key', key('actor')],
    ['applicantName', '申请人姓名', 'Applicant name', text(100), false, 'committed'],
    ...COMMON_FIELDS,
  ]),
  rules: [
    {
      rule: 'eventValue',
      field: 'statusTo',
      values: {
        'seal.apply': ['applied'],
        'seal.approve': ['approved'],
        'seal.make': ['made'],
        'seal.file': ['filed'],
        'seal.activate': ['active'],
        'seal.suspend': ['suspended'],
        'seal.resume': ['active'],
        'seal.renew': ['active'],
        'seal.lose': ['lost'],
        'seal.revoke': ['revoked', 'withdrawn'],
        'seal.cancel': ['cancelled'],
        'seal.expire': ['expired'],
      },
    },
    { rule: 'order', begin: 'validFrom', end: 'validTo' },
  ],
};

/** `seal.use/1`: sealing a document, refusing to, or verifying a sealed one (spec/profiles §6.4). */
export const SEAL_USE: RuledProfile = {
  name: 'seal.use/1',
  title: { zh: '电子印章使用(用印)', en: 'Seal use' },
  events: eventsOf([
    ['seal.sign', '签章', 'Sealed'],
    ['seal.sign-refused', '拒绝签章', 'Sealing refused'],
    ['seal.verify', '验章', 'Seal signature verified'],
  ]),
  // prettier-ignore
  fields: fieldsOf([
    ['sealId', '印章编码', 'Seal code', SEAL_ID, true, 'public', key('seal-use')],
    ['signatureId', '签章标识', 'Signature identifier', HEX_ID, true, 'public'],
    ['documentType', '文件类型', 'Document type', word('elicense', 'official-doc', 'approval', 'contract', 'receipt', 'other'), true, 'public'],
    ['documentId', '文件标识', 'Document identifier', text(200), false, 'committed'],
    ['documentDigest', '文件摘要', 'Document digest', DIGEST, SIGNED, 'public'],
    ['signedDigest', '原文杂凑值', 'Signed digest', DIGEST, SIGNED, 'public'],
    ['signatureValueDigest', '签章值摘要', 'Signature value digest', DIGEST, SIGNED, 'public'],
    ['signTime', '签章时间', 'Signed at', INSTANT, SIGNED, 'public'],
    ['tsaTokenDigest', '时间戳摘要', 'Timestamp token digest', DIGEST, false, 'public'],
    ['signerCertSerial', '签章证书序列号', 'Signer certificate serial', CERTIFICATE_SERIAL, SIGNED, 'public'],
    ['sealStatusAtSigning', '签章时印章状态', 'Seal status at signing', word('notYetValid', ...SEAL_STATES, 'unknown'), true, 'public'],
    ['statusProofRef', '状态依据', 'Leaf hash of the status consulted', HASH, false, 'public'],
    ['operator', '操作人假名', 'Operator pseudonym', PSEUDONYM, OPERATED, 'key', key('actor')],
    ['operatorName', '操作人姓名', 'Operator name', text(100), false, 'committed'],
    ['documentTitle', '文件名称', 'Document title', text(200), false, 'committed'],
    ['approvalRef', '用印审批编号', 'Approval reference', text(128), false, 'committed'],
    ['reason', '用印事由', 'Reason', text(200), OPERATED, 'committed'],
    ['verifyResult', '验章结果', 'Result of verifying', word('valid', 'digest-mismatch', 'sig-invalid', 'cert-expired', 'seal-invalid-at-signing', 'unknown'), ['seal.verify'], 'public'],
    ['result', '结果', 'Result', word('success', 'refused', 'error'), true, 'public'],
    ...COMMON_FIELDS,
  ]),
  rules: [
    {
      rule: 'eventValue',
      field: 'result',
      values: {
        'seal.sign': ['success'],
        'seal.sign-refused': ['refused', 'error'],
        'seal.verify': ['success', 'error'],
      },
    },
    {
      rule: 'require',
      fields: ['approvalRef'],
      when: {
        events: ['seal.sign'],
        equals: { field: 'documentType', values: ['official-doc'] },
      },
    },
  ],
};
