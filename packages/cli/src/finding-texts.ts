import type { FindingCode } from '@anchorlog/audit';
import type { Said } from './language.ts';

/** One sentence for each kind of finding, what is wrong with entries before what follows from it. spec/audit §3 */
export const FINDING_TEXTS: Readonly<Record<FindingCode, Said>> = {
  AUDIT_ENTRY_MALFORMED: [
    '有的条目不是本日志的规范声明',
    'an entry is no canonical statement of this log',
  ],
  AUDIT_ENTRY_MISSING: [
    '条目少于检查点或锚定的树头所记：有条目被删去',
    'there are fewer entries than checkpoint or anchors say: some were taken away',
  ],
  AUDIT_DUPLICATE: [
    '同一机构、系统和编号的条目出现了两次',
    'two entries have the same organisation, system and id',
  ],
  AUDIT_GENESIS: [
    '第 0 条不是本日志的开立记录，或者另有一条',
    'entry 0 does not open this log, or another one does too',
  ],
  AUDIT_LEAF_MISMATCH: [
    '条目与存下的叶子哈希不符：条目被改写',
    'an entry does not match its stored hash: it was rewritten',
  ],
  AUDIT_TILE_MISMATCH: [
    '存下的分片文件不是由条目得出的',
    'a stored tile does not follow from the entries',
  ],
  AUDIT_TILE_MISSING: ['缺少应有的分片文件', 'a tile is missing'],
  AUDIT_HEAD_MISMATCH: [
    '链上锚定的树头不是由这些条目得出的：其中有的被改动',
    'an anchored head does not follow from these entries: some were changed',
  ],
  AUDIT_HEAD_ORDER: [
    '锚定的序号或大小有缺漏、重复或倒退',
    'numbers or sizes of anchors leave a gap, repeat or shrink',
  ],
  AUDIT_HEAD_DISAGREE: [
    '同一序号下，链与锚定文件记着不同的树头',
    'chain and anchor file know different heads under one number',
  ],
  AUDIT_HEAD_VOID: ['日志关闭之后又有锚定', 'an anchor comes after the log was closed'],
  AUDIT_INDEX_ROOT: [
    '树头的索引根与日志的设置不符',
    'a head has an index root that this log cannot have, or lacks one',
  ],
  AUDIT_EVIDENCE: [
    '有的锚定文件读不了，或者其中的证据不成立',
    'an anchor file cannot be read, or its evidence does not hold',
  ],
  AUDIT_CHECKPOINT: [
    '已发布的检查点没有签名、属于别的日志或树根不同',
    'the published checkpoint is unsigned, of another log, or of another root',
  ],
  AUDIT_ISSUER: [
    '策略不认可该机构在此日志中的声明',
    'the policy does not let this organisation speak in this log',
  ],
  AUDIT_PROFILE: [
    '策略不认可这类记录',
    'the policy does not let records of this kind count in this log',
  ],
  AUDIT_SIGNATURE: [
    '有的签名不成立，或者应有而没有',
    'a signature does not hold, or is absent where there must be one',
  ],
  AUDIT_KEY: [
    '签名的密钥尚未启用、已停用或已被盗用',
    'signed by a key that does not count: not yet, no more, or in other hands',
  ],
  AUDIT_WITHHELD: [
    '有的条目内容缺失，而日志里没有封存它的依据',
    'the bytes of entries are withheld, and the log holds no order for it',
  ],
  AUDIT_SEQUENCE: [
    '来源的序号有缺漏、重复，或者来源未启用',
    'numbers of a source are missing, given twice, or of a source that is not open',
  ],
  AUDIT_SECOND_OPINION: [
    '另一个程序库算出的树根与锚定的不同',
    'another library gets another root than the anchored one',
  ],
};
