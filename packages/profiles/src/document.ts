import { COMMON_FIELDS } from './common.ts';
import {
  COUNT,
  DIGEST,
  eventsOf,
  fieldsOf,
  INSTANT,
  key,
  officialNumber,
  PSEUDONYM,
  text,
  USCC,
  word,
  type RuledProfile,
} from './field.ts';

const REPLACE = ['document.replace'];
const WITHDRAW = ['document.withdraw'];

/** `document/1`: a file or list in its versions: catalogues, guides, rules, lists, dictionaries, minutes (spec/profiles §6.12). */
export const DOCUMENT: RuledProfile = {
  name: 'document/1',
  title: { zh: '版本化文件或清单', en: 'Versioned document' },
  events: eventsOf([
    ['document.publish', '发布', 'Published'],
    ['document.replace', '更新版本', 'Replaced by a new version'],
    ['document.withdraw', '废止', 'Withdrawn'],
  ]),
  // prettier-ignore
  fields: fieldsOf([
    ['documentId', '文件标识', 'Document identifier', officialNumber(128), true, 'public'],
    ['documentType', '文件类型', 'Document type', word('catalogue', 'list', 'guide', 'rule', 'standard', 'dictionary', 'schema', 'notice', 'minutes', 'knowledge', 'dashboard', 'release', 'other'), true, 'public'],
    ['title', '标题', 'Title', text(200), true, 'committed'],
    ['version', '版本', 'Version', officialNumber(32), true, 'public'],
    ['previousVersion', '上一版本', 'Version before', officialNumber(32), REPLACE, 'public'],
    ['digest', '内容摘要', 'Content digest', DIGEST, true, 'public'],
    ['fileFormat', '文件格式', 'File format', { kind: 'string', max: 16, pattern: '^[0-9A-Z]+$' }, false, 'public'],
    ['fileSize', '文件大小', 'File size in bytes', COUNT, false, 'public'],
    ['itemCount', '条目数', 'Items of a list', COUNT, false, 'public'],
    ['publisherOrgCode', '发布机构代码', 'Publisher code', USCC, true, 'public'],
    ['effectiveTime', '生效时间', 'Effective time', INSTANT, true, 'public'],
    ['reason', '更新或废止原因', 'Reason', text(400), WITHDRAW, 'committed'],
    ['editor', '编辑人假名', 'Editor pseudonym', PSEUDONYM, false, 'key', key('actor')],
    ['editorName', '编辑人姓名', 'Editor name', text(100), false, 'committed'],
    ...COMMON_FIELDS,
  ]),
  rules: [{ rule: 'differ', fields: ['version', 'previousVersion'] }],
};
