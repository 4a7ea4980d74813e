import { COMMON_FIELDS } from './common.ts';
import {
  BOOLEAN,
  COUNT,
  DATE,
  DIGEST,
  eventsOf,
  fieldsOf,
  listOf,
  officialName,
  officialNumber,
  RESOURCE_CODE,
  text,
  USCC,
  word,
  type RuledProfile,
} from './field.ts';

const AUTHORIZE = ['asset.authorize'];
const TRADE = ['asset.trade'];

/** `dataasset.registration/1`: registering, authorizing and trading public data resources (spec/profiles §6.10). */
export const DATAASSET_REGISTRATION: RuledProfile = {
  name: 'dataasset.registration/1',
  title: { zh: '数据资产/公共数据资源登记', en: 'Data-asset registration' },
  events: eventsOf([
    ['asset.register', '登记', 'Registered'],
    ['asset.change', '变更', 'Changed'],
    ['asset.renew', '续展', 'Renewed'],
    ['asset.correct', '更正', 'Corrected'],
    ['asset.cancel', '注销', 'Cancelled'],
    ['asset.authorize', '授权运营', 'Operation authorized'],
    ['asset.trade', '交易', 'Traded'],
  ]),
  // prettier-ignore
  fields: fieldsOf([
    ['registrationNo', '登记编号', 'Registration number', officialNumber(64), true, 'public'],
    ['registrationType', '登记类型', 'Registration type', word('first', 'change', 'correct', 'cancel', 'renew'), true, 'public'],
    ['assetName', '数据资源/产品名称', 'Asset name', officialName(200), true, 'public'],
    ['assetKind', '登记对象', 'Asset kind', word('public-data-resource', 'data-product', 'data-service'), true, 'public'],
    ['holderOrgCode', '登记主体代码', 'Registrant code', USCC, true, 'public'],
    ['authorizerOrgCode', '授权主体代码', 'Authorizer code', USCC, AUTHORIZE, 'public'],
    ['operationAuthNo', '授权运营编号', 'Operation authorization number', officialNumber(64), AUTHORIZE, 'public'],
    ['sourceResources', '来源资源代码', 'Source resources', listOf(RESOURCE_CODE, 128), true, 'public'],
    ['scopeText', '范围说明', 'Scope', text(1000), true, 'committed'],
    ['updateCycle', '更新周期', 'Update cycle', word('realtime', 'daily', 'weekly', 'monthly', 'quarterly', 'yearly', 'irregular'), true, 'public'],
    ['containsPersonalInfo', '含个人信息', 'Contains personal information', BOOLEAN, true, 'public'],
    ['dataClassLevel', '数据分级', 'Data class', word('G1', 'G2', 'G3', 'G4'), true, 'public'],
    ['schemaDigest', '数据结构摘要', 'Schema digest', DIGEST, true, 'public'],
    ['sampleDigest', '样例数据摘要', 'Sample digest', DIGEST, false, 'public'],
    ['securityAssessmentNo', '安全评估编号', 'Security assessment number', text(128), false, 'committed'],
    ['publicityFrom', '公示起始', 'Publicity from', DATE, false, 'public'],
    ['publicityTo', '公示截止', 'Publicity to', DATE, false, 'public'],
    ['validFrom', '登记有效期起', 'Valid from', DATE, true, 'public'],
    ['validTo', '登记有效期止', 'Valid to', DATE, true, 'public'],
    ['priceFen', '价格', 'Price in fen', COUNT, false, 'committed'],
    ['counterpartyOrgCode', '交易对方代码', 'Counterparty code', USCC, TRADE, 'committed'],
    ['contractDigest', '合同摘要', 'Contract digest', DIGEST, TRADE, 'public'],
    ['priorEvidence', '存证情况', 'Prior evidence', officialNumber(200), false, 'public'],
    ...COMMON_FIELDS,
  ]),
  rules: [
    {
      rule: 'eventValue',
      field: 'registrationType',
      values: {
        'asset.register': ['first'],
        'asset.change': ['change'],
        'asset.renew': ['renew'],
        'asset.correct': ['correct'],
        'asset.cancel': ['cancel'],
      },
    },
    { rule: 'require', fields: ['publicityTo'], when: { has: 'publicityFrom' } },
    { rule: 'order', begin: 'publicityFrom', end: 'publicityTo' },
    { rule: 'order', begin: 'validFrom', end: 'validTo' },
  ],
};
