import type { ValueType } from '@anchorlog/statement';
import { COUNT, eventsOf, fieldsOf, HASH, listOf, word, type RuledProfile } from './field.ts';

/** The name line of a log: no space, no plus (C2SP signed-note). */
const ORIGIN: ValueType = { kind: 'string', max: 255, pattern: '^[!-*,-~]+$' };
/** An anchor contract on its chain, written as a CAIP-10 account: `eip155:<chainId>:0x<40 hex>`. */
const CHAIN_CONTRACT: ValueType = {
  kind: 'string',
  max: 80,
  pattern: '^eip155:[1-9][0-9]{0,15}:0x[0-9a-f]{40}$',
};
const ORGANIZATION: ValueType = { kind: 'string', max: 64, pattern: '^[0-9A-Za-z][0-9A-Za-z.-]*$' };
const SOURCE: ValueType = {
  kind: 'string',
  max: 162,
  pattern: '^[0-9A-Za-z][0-9A-Za-z.-]*/[0-9A-Za-z][0-9A-Za-z._-]*/[0-9A-Za-z][0-9A-Za-z._-]*$',
};
const KEY_NAME: ValueType = { kind: 'string', max: 64, pattern: '^[a-z0-9./-]+$' };
const PROFILE: ValueType = {
  kind: 'string',
  max: 64,
  pattern: '^[a-z][a-z0-9.-]*/[1-9][0-9]{0,3}$',
};
/** Name and digest of a profile, `access/1:<32 bytes in base64>`. */
const NAMED_DIGEST: ValueType = {
  kind: 'string',
  max: 109,
  pattern: '^[a-z][a-z0-9.-]*/[1-9][0-9]{0,3}:[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$',
};
/** Of a definition: room beside all else that a log says of itself. */
const DEFINITION_BYTES = 16_384;
const HOURS_PER_YEAR = 8760;

const CREATE = ['log.create'];
const OPEN = ['source.open'];
const VOID = ['source.void'];
const SEAL = ['source.seal'];
const SOURCES = [...OPEN, ...VOID, ...SEAL];
const REGISTER = ['keyspace.register'];
const DEFINE = ['profile.register'];
const KEY_OPEN = ['key.open'];
const WITHHOLD = ['entry.withhold'];
/** The number of an official document, such as 〔2026〕12号: no space, so that it is no text. */
const DOCUMENT: ValueType = {
  kind: 'string',
  max: 64,
  pattern: '^[0-9A-Za-z\\u4e00-\\u9fff\\u3014\\u3015()\\[\\]/.-]+$',
};

/**
 * `log/1`: what a log says about itself. All claims are public; it has none of the common fields, no commitments and no index keys
 * (spec/profiles §6.13). Entry 0 is `log.create`, which fixes suite, index and the promise of receipts for ever.
 */
export const LOG: RuledProfile = {
  name: 'log/1',
  title: { zh: '日志自述', en: 'Log' },
  events: eventsOf([
    ['log.create', '日志创建', 'Log created'],
    ['source.open', '来源启用', 'Source opened'],
    ['source.void', '序号作废', 'Sequence number voided'],
    ['source.seal', '来源区间签封', 'Range of a source sealed'],
    ['keyspace.register', '键空间登记', 'Keyspace registered'],
    ['erasure', '删除登记', 'Erasure'],
    ['key.open', '索引键公开', 'Index key opened'],
    ['entry.withhold', '条目封存', 'Entries withheld'],
    ['profile.register', '记录类型登记', 'Profile registered'],
  ]),
  // prettier-ignore
  fields: fieldsOf([
    ['origin', '日志名称', 'Origin', ORIGIN, CREATE, 'public'],
    ['suite', '杂凑套件', 'Hash suite', word('sha256', 'sm3'), CREATE, 'public'],
    ['index', '可验证索引', 'Verifiable index', word('none', 'index/1'), CREATE, 'public'],
    ['anchorBy', '锚定时限(小时)', 'Hours until anchored', { kind: 'integer', min: 1, max: HOURS_PER_YEAR }, CREATE, 'public'],
    ['chains', '锚定合约', 'Anchor contracts', listOf(CHAIN_CONTRACT, 16), false, 'public'],
    ['profiles', '记录类型摘要', 'Digests of profiles', listOf(NAMED_DIGEST, 64), false, 'public'],
    ['predecessorOrigin', '前身日志名称', 'Origin of the predecessor', ORIGIN, false, 'public'],
    ['predecessorSize', '前身日志大小', 'Size of the predecessor', COUNT, false, 'public'],
    ['predecessorRootHash', '前身日志根', 'Root hash of the predecessor', HASH, false, 'public'],
    ['source', '来源', 'Source', SOURCE, SOURCES, 'public'],
    ['predecessorSource', '前身来源', 'Source before', SOURCE, false, 'public'],
    ['predecessorLast', '前身来源末号', 'Last number of the source before', COUNT, false, 'public'],
    ['number', '序号', 'Sequence number', COUNT, VOID, 'public'],
    ['replacedDigest', '被替换陈述摘要', 'Hash of the statement replaced', HASH, VOID, 'public'],
    ['fromNumber', '起始序号', 'First number', COUNT, SEAL, 'public'],
    ['toNumber', '截止序号', 'Last number', COUNT, SEAL, 'public'],
    ['rootHash', '区间根', 'Root hash of the range', HASH, [...SEAL, ...WITHHOLD], 'public'],
    ['keyspace', '键空间', 'Keyspace', KEY_NAME, REGISTER, 'public'],
    ['custodian', '键空间保管机构', 'Custodian', ORGANIZATION, REGISTER, 'public'],
    ['writers', '可写机构', 'Writers', listOf(ORGANIZATION, 256), REGISTER, 'public'],
    ['kinds', '键类别', 'Key kinds', listOf(KEY_NAME, 32), REGISTER, 'public'],
    ['entryIndex', '条目位置', 'Index of the entry', COUNT, ['erasure', ...KEY_OPEN], 'public'],
    ['leafHash', '叶子哈希', 'Leaf hash of the entry', HASH, ['erasure', ...KEY_OPEN], 'public'],
    ['fromIndex', '起始条目位置', 'Index of the first entry', COUNT, WITHHOLD, 'public'],
    ['toIndex', '截止条目位置(不含)', 'Index after the last entry', COUNT, WITHHOLD, 'public'],
    ['ground', '封存依据类别', 'Kind of ground', word('order', 'retention'), WITHHOLD, 'public'],
    ['order', '依据文号', 'Number of the document', DOCUMENT, WITHHOLD, 'public'],
    ['profileName', '记录类型名称', 'Name of the profile', PROFILE, DEFINE, 'public'],
    ['profileDigest', '记录类型摘要', 'Digest of the profile', HASH, DEFINE, 'public'],
    ['definition', '记录类型定义', 'Definition of the profile', { kind: 'profile', bytes: DEFINITION_BYTES }, DEFINE, 'public'],
    ['keyPosition', '键序号', 'Position of the key', { kind: 'integer', min: 0, max: 63 }, KEY_OPEN, 'public'],
  ]),
  rules: [
    {
      rule: 'require',
      fields: ['predecessorSize', 'predecessorRootHash'],
      when: { has: 'predecessorOrigin' },
    },
    { rule: 'require', fields: ['predecessorLast'], when: { has: 'predecessorSource' } },
    { rule: 'differ', fields: ['origin', 'predecessorOrigin'] },
  ],
};
