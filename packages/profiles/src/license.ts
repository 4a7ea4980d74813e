import { COMMON_FIELDS } from './common.ts';
import {
  COUNT,
  DATE,
  DIGEST,
  eventsOf,
  FIELD_NAMES,
  fieldsOf,
  INSTANT,
  ITEM,
  key,
  LICENSE,
  listOf,
  officialName,
  PSEUDONYM,
  REGION,
  REGISTERED_CODE,
  SALTED_DIGEST,
  SYSTEM_ID,
  text,
  USCC,
  word,
  type RuledProfile,
} from './field.ts';
import { LICENSE_STATES } from './states.ts';

/** Events that make a license file, so that its digest must be there. */
const FILE_MADE = ['license.issue', 'license.change', 'license.renew', 'license.archive'];
const SUCCESSION = ['license.change', 'license.renew'];
const ARCHIVE = ['license.archive'];
const COPY = ['license.copy'];

/** Kinds of holder codes (GB/T 36903 annex A, and the residence permits added later). */
const HOLDER_TYPES = [
  '001',
  '099',
  '111',
  '114',
  '115',
  '118',
  '119',
  '120',
  '122',
  '411',
  '412',
  '413',
  '414',
  '511',
  '516',
  '551',
  '552',
  '553',
  '999',
];
/** Operations of the collection interface: 01 new, 02 renewal, 03 suspension, 04 expiry, 05 cancellation, 06 resumption, 07 other,
 * 08 transfer in, 09 change, 10 transfer undone. */
const OPERATIONS = ['01', '02', '03', '04', '05', '06', '07', '08', '09', '10'];

/** `license.lifecycle/1`: what becomes of a license; the status fold reads it (spec/profiles §6.1). */
export const LICENSE_LIFECYCLE: RuledProfile = {
  name: 'license.lifecycle/1',
  title: { zh: '电子证照生命周期', en: 'License lifecycle' },
  events: eventsOf([
    ['license.issue', '签发', 'Issued'],
    ['license.change', '变更', 'Changed'],
    ['license.renew', '延续', 'Renewed'],
    ['license.suspend', '暂扣', 'Suspended'],
    ['license.resume', '恢复', 'Resumed'],
    ['license.revoke', '吊销或撤销', 'Revoked or withdrawn'],
    ['license.cancel', '注销', 'Cancelled'],
    ['license.expire', '过期失效', 'Expired'],
    ['license.transfer', '转移', 'Transferred'],
    ['license.archive', '归档', 'Archived'],
  ]),
  // prettier-ignore
  fields: fieldsOf([
    ['certificateIdentifier', '电子证照标识', 'License identifier', LICENSE, true, 'committed', key('license')],
    ['certificateTypeCode', '证照类型代码', 'License type code', { kind: 'identifier', scheme: 'license-type' }, true, 'public'],
    ['certificateName', '证照名称', 'License name', officialName(100), true, 'public'],
    ['certificateNumber', '证照编号', 'License number', text(128), true, 'committed'],
    ['certificateVersion', '证照版本号', 'License version', { kind: 'string', max: 3, pattern: '^[0-9]{3}$' }, true, 'public'],
    ['issuerOrgCode', '证照颁发机构代码', 'Issuing authority code', USCC, true, 'public'],
    ['issueDate', '证照颁发日期', 'Date of issue', DATE, true, 'public'],
    ['validFrom', '有效期起始', 'Valid from', DATE, false, 'public'],
    ['validTo', '有效期截止', 'Valid to', DATE, false, 'public'],
    ['areaCode', '证照所属管辖区划', 'Area code', REGION, true, 'public'],
    ['holderCategory', '持证主体类别', 'Holder category', word('natural', 'legal', 'other'), true, 'public'],
    ['holderTypeCode', '持证主体代码类型代码', 'Holder code type', word(...HOLDER_TYPES), true, 'committed'],
    ['holderName', '持证主体', 'Holder', text(200), true, 'committed'],
    ['holderCode', '持证主体代码', 'Holder code', text(64), true, 'committed'],
    ['holderPseudonym', '持证主体假名', 'Holder pseudonym', PSEUDONYM, true, 'key', key('holder')],
    ['coHolders', '共同持证主体', 'Joint holders', listOf({ kind: 'object', bytes: 2048 }, 64), false, 'committed'],
    ['extendInfo', '扩展业务信息', 'Further face data', { kind: 'object', bytes: 65_536 }, false, 'committed'],
    ['fileFormat', '文件格式', 'File format', word('OFD', 'PDF'), FILE_MADE, 'public'],
    ['fileSize', '文件大小', 'File size in bytes', COUNT, false, 'public'],
    ['fileDigest', '证照文件摘要', 'File digest', DIGEST, FILE_MADE, 'public'],
    ['sealSignatureDigest', '签章数据摘要', 'Seal signature digest', DIGEST, false, 'public'],
    ['statusFrom', '变更前状态', 'Status before', word('none', ...LICENSE_STATES), true, 'public'],
    ['statusTo', '变更后状态', 'Status after', word(...LICENSE_STATES), true, 'public'],
    ['effectiveTime', '状态生效时间', 'Effective time', INSTANT, true, 'public'],
    ['previousIdentifier', '关联证照标识', 'Previous license identifier', LICENSE, SUCCESSION, 'committed', key('license', 'previous')],
    ['previousStatusTo', '原证照变更后状态', 'Status after of the previous license', word(...LICENSE_STATES), SUCCESSION, 'public'],
    ['reasonCode', '业务类型代码', 'Operation code', word(...OPERATIONS), false, 'public'],
    ['reason', '变更原因', 'Reason', text(400), ['license.suspend', 'license.revoke', 'license.cancel'], 'committed'],
    ['itemCode', '关联事项实施编码', 'Service item code', ITEM, false, 'public'],
    ['convertedFileDigest', '归档转换后文件摘要', 'Digest after conversion for the archive', DIGEST, ARCHIVE, 'public'],
    ['conversionStandard', '归档转换依据', 'Conversion standard', officialName(64), ARCHIVE, 'public'],
    ...COMMON_FIELDS,
  ]),
  rules: [
    {
      rule: 'eventValue',
      field: 'statusTo',
      values: {
        'license.issue': ['valid'],
        'license.change': ['valid', 'suspended'],
        'license.renew': ['valid'],
        'license.suspend': ['suspended'],
        'license.resume': ['valid'],
        'license.revoke': ['revoked', 'withdrawn'],
        'license.cancel': ['cancelled'],
        'license.expire': ['expired'],
        'license.transfer': ['transferred', 'valid'],
      },
    },
    {
      rule: 'require',
      fields: ['previousIdentifier'],
      when: { equals: { field: 'reasonCode', values: ['08'] } },
    },
    { rule: 'require', fields: ['previousIdentifier'], when: { has: 'previousStatusTo' } },
    { rule: 'require', fields: ['previousStatusTo'], when: { has: 'previousIdentifier' } },
    { rule: 'differ', fields: ['certificateIdentifier', 'previousIdentifier'] },
    { rule: 'order', begin: 'validFrom', end: 'validTo' },
    {
      rule: 'scheme',
      field: 'holderCode',
      by: 'holderTypeCode',
      schemes: { '001': 'uscc', '111': 'resident' },
    },
    {
      rule: 'licenseParts',
      identifier: 'certificateIdentifier',
      parts: {
        typeCode: 'certificateTypeCode',
        issuerCode: 'issuerOrgCode',
        version: 'certificateVersion',
      },
    },
  ],
};

/** `license.use/1`: showing, verifying, copying or querying a license (spec/profiles §6.2). */
export const LICENSE_USE: RuledProfile = {
  name: 'license.use/1',
  title: { zh: '电子证照使用', en: 'License use' },
  events: eventsOf([
    ['license.present', '亮证', 'Presented'],
    ['license.verify', '核验', 'Verified'],
    ['license.copy', '制作加注件', 'Annotated copy made'],
    ['license.query', '查询', 'Queried'],
  ]),
  // prettier-ignore
  fields: fieldsOf([
    ['certificateIdentifier', '电子证照标识', 'License identifier', LICENSE, true, 'committed', key('license-use')],
    ['useForm', '用证形式', 'Form of use', word('present-qr', 'verify-api', 'annotated-copy', 'metadata-query', 'file-fetch'), true, 'public'],
    ['relyingOrgCode', '用证机构代码', 'Relying organization code', { kind: 'identifier', scheme: 'uscc-or-dash' }, true, 'public'],
    ['relyingSystemId', '用证系统', 'Relying system', SYSTEM_ID, true, 'committed'],
    ['itemCode', '事项实施编码', 'Service item code', ITEM, false, 'public'],
    ['purposeCode', '使用目的代码', 'Purpose code', REGISTERED_CODE, true, 'public'],
    ['purpose', '申请事由', 'Purpose', text(200), true, 'committed'],
    ['consentMode', '授权方式', 'Mode of consent', word('holder-scan', 'holder-app', 'written', 'statutory'), true, 'public'],
    ['consentRef', '授权记录编号', 'Consent reference', text(128), false, 'committed'],
    ['presentCodeDigest', '亮证码摘要', 'Digest of the presented code', SALTED_DIGEST, false, 'committed'],
    ['copyMadeTime', '加注件制作时间', 'Copy made at', INSTANT, COPY, 'public'],
    ['copyMaker', '加注件制作者', 'Maker of the copy', text(100), COPY, 'committed'],
    ['copyCause', '加注件制作事由', 'Cause of the copy', text(200), COPY, 'committed'],
    ['copyExpires', '加注件有效期截止时间', 'Copy expires at', INSTANT, COPY, 'public'],
    ['copyDigest', '加注件摘要', 'Digest of the copy', SALTED_DIGEST, COPY, 'committed'],
    ['disclosedFields', '提供字段', 'Fields provided', FIELD_NAMES, false, 'public'],
    ['maskedFields', '脱敏字段', 'Fields masked', FIELD_NAMES, false, 'public'],
    ['holderCode', '持证主体代码', 'Holder code', text(64), false, 'committed', key('holder')],
    ['statusAtUse', '使用时证照状态', 'Status at use', word('notYetValid', ...LICENSE_STATES, 'unknown'), true, 'public'],
    ['statusHeadTime', '状态依据时间', 'Time of the status consulted', INSTANT, true, 'public'],
    ['result', '结果', 'Result', word('success', 'refused', 'mismatch', 'expired', 'error'), true, 'public'],
    ...COMMON_FIELDS,
  ]),
  rules: [
    {
      rule: 'eventValue',
      field: 'useForm',
      values: {
        'license.present': ['present-qr'],
        'license.verify': ['verify-api', 'present-qr'],
        'license.copy': ['annotated-copy'],
        'license.query': ['metadata-query', 'file-fetch'],
      },
    },
    {
      rule: 'require',
      fields: ['consentRef'],
      when: { differs: { field: 'consentMode', values: ['statutory'] } },
    },
    { rule: 'order', begin: 'copyMadeTime', end: 'copyExpires' },
    { rule: 'expectCase', when: { differs: { field: 'relyingOrgCode', values: ['-'] } } },
  ],
};
