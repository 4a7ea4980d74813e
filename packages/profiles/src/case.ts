import { CASE_NUMBER, COMMON_FIELDS_BESIDE_CASE } from './common.ts';
import {
  DIGEST,
  eventsOf,
  fieldsOf,
  INSTANT,
  ITEM,
  key,
  listOf,
  officialName,
  officialNumber,
  PSEUDONYM,
  text,
  USCC,
  word,
  type FieldRow,
  type RuledProfile,
} from './field.ts';

const DECISION = ['case.approve', 'case.reject'];
const [CASE_FIELD, , , CASE_TYPE] = CASE_NUMBER;
/** The same field as in every profile, but required: a step is always of a case. */
const OWN_CASE: FieldRow = [
  CASE_FIELD,
  '子办件编号',
  'Case number',
  CASE_TYPE,
  true,
  'committed',
  key('case'),
];

/** `case.step/1`: a step of a case, joint handling included (spec/profiles §6.9). */
export const CASE_STEP: RuledProfile = {
  name: 'case.step/1',
  title: { zh: '办件环节(一件事/一类事/一项事)', en: 'Case step' },
  events: eventsOf([
    ['case.apply', '申请', 'Applied'],
    ['case.accept', '受理', 'Accepted'],
    ['case.supplement', '补正', 'Supplement asked for'],
    ['case.approve', '批准', 'Approved'],
    ['case.reject', '不予批准', 'Rejected'],
    ['case.special', '特别程序', 'Special procedure'],
    ['case.finish', '办结', 'Finished'],
    ['case.deliver', '送达', 'Delivered'],
  ]),
  // prettier-ignore
  fields: fieldsOf([
    ['themeCode', '主题事项编码', 'Theme code', officialNumber(32), true, 'public'],
    ['themeName', '主题名称', 'Theme name', officialName(100), true, 'public'],
    ['listVersion', '清单版本', 'List version', officialNumber(32), true, 'public'],
    OWN_CASE,
    ['parentCaseNo', '主办件编号', 'Parent case number', text(50), false, 'committed', key('case', 'parent')],
    ['stepSeq', '环节序号', 'Step number', { kind: 'integer', min: 1 }, true, 'public'],
    ['stepName', '环节名称', 'Step name', officialName(100), true, 'public'],
    ['stepState', '环节状态', 'Step state', word('applied', 'accepted', 'supplement', 'approved', 'rejected', 'suspended', 'finished'), true, 'public'],
    ['itemCode', '事项实施编码', 'Service item code', ITEM, true, 'public'],
    ['handlerOrgCode', '办理机构代码', 'Handling organization code', USCC, true, 'public'],
    ['previousOrgCode', '上一环节机构代码', 'Organization code of the step before', USCC, false, 'public'],
    ['handler', '办理人假名', 'Handler pseudonym', PSEUDONYM, false, 'key', key('actor')],
    ['applicantPseudonym', '申请人假名', 'Applicant pseudonym', PSEUDONYM, true, 'key', key('holder')],
    ['applicantName', '申请人', 'Applicant', text(200), false, 'committed'],
    ['materials', '申请材料清单', 'Materials', listOf({ kind: 'object', bytes: 1024 }, 64), false, 'committed'],
    ['materialDigests', '材料摘要', 'Material digests', listOf(DIGEST, 64), false, 'public'],
    ['promisedDeadline', '承诺办结时限', 'Promised deadline', INSTANT, true, 'public'],
    ['channel', '办理渠道', 'Channel', word('web', 'mobile', 'window', 'terminal', 'push'), true, 'public'],
    ['outputLicense', '结果证照标识', 'Resulting license', text(128), false, 'committed', { nullable: true }],
    ['decisionDocDigest', '决定文书摘要', 'Decision digest', DIGEST, DECISION, 'public'],
    ...COMMON_FIELDS_BESIDE_CASE,
  ]),
  rules: [
    {
      rule: 'eventValue',
      field: 'stepState',
      values: {
        'case.apply': ['applied'],
        'case.accept': ['accepted'],
        'case.supplement': ['supplement'],
        'case.approve': ['approved'],
        'case.reject': ['rejected'],
        'case.special': ['suspended'],
        'case.finish': ['finished'],
        'case.deliver': ['finished'],
      },
    },
    { rule: 'differ', fields: ['caseNo', 'parentCaseNo'] },
  ],
};
