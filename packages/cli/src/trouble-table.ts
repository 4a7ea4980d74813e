import type { Trouble } from './trouble.ts';

const CHAIN: Trouble = {
  exit: 'unknown',
  what: [
    '访问不到链，或者它的答复不可用',
    'the chain cannot be reached, or gives no usable answer',
  ],
  todo: [
    '请检查节点地址与网络；在此之前存证照常进行',
    'check its URL and the network; notarizing goes on meanwhile',
  ],
};
/** Also what the store of the vault says by itself. */
export const LOCKED: Trouble = {
  exit: 'unknown',
  what: ['另一个进程正在使用这个存证器', 'another process has this notary open'],
  todo: ['请等它结束后再试', 'wait until it has ended, then try again'],
};
const SERVER: Trouble = {
  exit: 'unknown',
  what: [
    '访问不到发布日志的服务器，或者它没有给出文件',
    'the server that publishes the log cannot be reached, or does not give its files',
  ],
  todo: ['这不说明日志有问题；请稍后再试', 'this says nothing about the log; try again later'],
};
const DISK_TODO: Trouble['todo'] = [
  '请检查磁盘的空间、读写权限与状态，然后重新打开；这不说明已存的内容有问题',
  'look after the disk, its space and its permissions, then open it again; this says nothing against what is stored',
];
const CLOCK: Trouble = {
  exit: 'unknown',
  what: ['时钟不可信', 'the clock cannot be right'],
  todo: ['请校准系统时间', 'set the time of the machine right'],
};

const BEHIND: Trouble = {
  exit: 'inconsistent',
  what: [
    '日志与它已作的承诺不符：可能恢复了旧的备份',
    'the log contradicts what it has promised: an older copy may have been restored',
  ],
  todo: ['不要用它继续；请恢复较新的副本', 'do not go on with it; bring back the newer copy'],
};
const RECORD: Trouble = {
  exit: 'usage',
  what: ['记录不符合格式', 'the record is not of its form'],
  todo: ['请按 spec/statement §2 修改', 'see spec/statement §2'],
};
const PROFILE: Trouble = {
  exit: 'usage',
  what: ['记录不符合它所属的记录类型', 'the record does not fit its profile'],
  todo: ['写法见：anchorlog profile <类型>', 'see how it is written: anchorlog profile <name>'],
};
const JSON_FORM: Trouble = {
  exit: 'usage',
  what: ['不是严格格式的 JSON', 'this is not JSON in its strict form'],
  todo: [
    '整数以外的数、重复的成员和多余的文字都不接受（spec/encoding §4）',
    'no fractions, no repeated members, nothing after the value (spec/encoding §4)',
  ],
};
const POLICY: Trouble = {
  exit: 'usage',
  what: ['信任策略不符合格式', 'the trust policy is not of its form'],
  todo: ['请向发布者重新索取', 'ask whoever publishes it for a good copy'],
};
const KEYS: Trouble = {
  exit: 'usage',
  what: ['密钥文件不可用', 'a key file cannot be used'],
  todo: [
    '请核对 notary.json 的 origin、issuers 与 keys 文件夹里的文件名；缺的文件从备份恢复',
    'compare origin and issuers in notary.json with the names of the files in the folder keys; bring back from its backup what is missing there',
  ],
};

const SEAL_LIMIT: Trouble = {
  exit: 'unknown',
  what: ['文件超出可读的上限', 'the file is beyond the limits of what is read'],
  todo: ['这不说明它有问题', 'this says nothing against it'],
};

/** Code → what it means here. Codes without a row are told by their family. */
export const TROUBLES: Readonly<Record<string, Trouble>> = {
  SDK_NOT_INITIALIZED: {
    exit: 'notFound',
    what: ['这个文件夹里没有存证器', 'there is no notary in this folder'],
    todo: ['先运行：anchorlog init <文件夹> …', 'make one first: anchorlog init <dir> …'],
  },
  SDK_ALREADY_INITIALIZED: {
    exit: 'usage',
    what: ['已经存在，没有作任何改动', 'it exists already; nothing was changed'],
    todo: ['请另取名字', 'choose another name'],
  },
  SDK_BACKUP_EXISTS: {
    exit: 'usage',
    what: ['已经存在，没有作任何改动', 'it exists already; nothing was changed'],
    todo: ['请另取名字', 'choose another name'],
  },
  SDK_CONFIG_MALFORMED: {
    exit: 'usage',
    what: ['存证器的设置不符合格式', 'the settings of the notary are not of their form'],
  },
  SDK_PROFILE_MALFORMED: {
    exit: 'usage',
    what: ['自定义的记录类型不合格', 'a profile of your own is not sound'],
    todo: [
      '请逐项检查：anchorlog profile --file <文件>',
      'see all that is wrong with it: anchorlog profile --file <file>',
    ],
  },
  SDK_PROFILE_CHANGED: {
    exit: 'usage',
    what: [
      '这个名字的记录类型已有另一个定义，不能更改',
      'a profile of this name has another definition already, which never changes',
    ],
    todo: ['请用新的版本号，如 /2', 'give the changed one a new version, such as /2'],
  },
  SDK_KEY_MALFORMED: KEYS,
  SDK_KEY_PASSPHRASE: KEYS,
  SDK_SECRETS_MALFORMED: KEYS,
  SDK_ISSUER_UNKNOWN: {
    exit: 'usage',
    what: [
      '存证器没有这条记录所属机构和系统的密钥',
      'the notary has no key for the organisation and system of this record',
    ],
    todo: [
      '请核对记录的 issuer 与 notary.json 的 issuers',
      'compare issuer in the record with issuers in notary.json',
    ],
  },
  SDK_ISSUER_AMBIGUOUS: {
    exit: 'usage',
    what: [
      '记录没有写明 issuer，而存证器为几个申报系统签名',
      'the record does not say whose it is, and the notary signs for several issuers',
    ],
    todo: [
      '请在记录里写明："issuer": { "org": "…", "system": "…" }',
      'name one in the record: "issuer": { "org": "…", "system": "…" }',
    ],
  },
  SDK_ID_CONFLICT: {
    exit: 'usage',
    what: ['这个编号下已存证另一条记录', 'another record was notarized under this number already'],
    todo: [
      '改动后的记录要用新的编号，并链接到原记录',
      'give a changed record a number of its own, and link it to the first',
    ],
  },
  SDK_ID_UNKNOWN: {
    exit: 'notFound',
    what: ['这里没有存证过这条记录', 'no such record was notarized here'],
    todo: ['请核对回执上的 id', 'compare the id with the one on the receipt'],
  },
  SDK_LINK_UNRESOLVED: {
    exit: 'usage',
    what: [
      '记录链接到一条没有在此存证的记录',
      'the record links to one that was not notarized here',
    ],
    todo: ['请先存证被链接的记录', 'notarize that one first'],
  },
  SDK_FILE_UNREADABLE: {
    exit: 'notFound',
    what: ['读不到记录所附的文件', 'a file of the record cannot be read'],
    todo: [
      '记录里的相对路径从当前文件夹算起',
      'relative paths in a record start from the current folder',
    ],
  },
  SDK_DISCLOSURE_UNKNOWN: {
    exit: 'usage',
    what: ['记录没有这项隐藏的内容', 'the record has no hidden claim of this name'],
    todo: [
      '写法如 /holderName；各项的名字见：anchorlog profile <类型>',
      'write it like /holderName; for the names see: anchorlog profile <name>',
    ],
  },
  SDK_NO_CHAIN: {
    exit: 'usage',
    what: ['存证器还没有接上链，无法锚定', 'the notary has no chain to anchor on'],
    todo: [
      '在另一个终端运行 anchorlog dev <文件夹>，或在 notary.json 里设置 chain；也可以只等到 --until published',
      'run anchorlog dev <dir> in another terminal, or set chain in notary.json; or wait for --until published only',
    ],
  },
  SDK_WAIT_TIMEOUT: {
    exit: 'pending',
    what: [
      '已保存，但没有在限定时间内走到这一步',
      'it is safe on disk, but has not come so far in the given time',
    ],
    todo: [
      '请稍后再试；一直如此，请核对 notary.json 的 chain 与正在运行的链',
      'try again later; if it stays so, compare chain in notary.json with the chain that runs',
    ],
  },
  SDK_BUSY: {
    exit: 'unknown',
    what: ['等待处理的记录太多', 'too many records are waiting'],
    todo: ['稍后再试', 'try again later'],
  },
  SDK_CLOSED: {
    exit: 'interrupted',
    what: ['存证器已关闭', 'the notary was closed'],
  },
  SDK_VAULT_FAILED: {
    exit: 'internal',
    what: ['存证器的保管库无法读写', 'the vault of the notary could not be read or written'],
    todo: [
      '请检查磁盘与权限，然后再次提交没有得到答复的记录',
      'look after the disk and its permissions, then hand in again what was not answered',
    ],
  },
  SDK_VAULT_MISSING: {
    exit: 'notFound',
    what: ['存证器的保管库不见了，或是空的', 'the vault of the notary is missing, or empty'],
    todo: [
      '请放回 vault 文件夹最新的副本；没有副本，可用 anchorlog log adopt-vault <文件夹> 不带它继续。audit replay 不需要保管库，轨迹则离不开其中的披露材料',
      'put the newest copy of the folder vault back; where none is left, anchorlog log adopt-vault <dir> goes on without. An audit replay needs no vault; a trail needs what it opens',
    ],
  },
  SDK_VAULT_BEHIND: {
    exit: 'inconsistent',
    what: [
      '保管库比日志旧：可能恢复了旧的备份',
      'the vault is older than the log: an older copy may have been restored',
    ],
    todo: [
      '请放回较新的副本；没有副本，可用 anchorlog log adopt-vault <文件夹> 不带它继续',
      'bring back the newer copy; where none is left, anchorlog log adopt-vault <dir> goes on without',
    ],
  },
  SDK_LOG_BEHIND: BEHIND,
  SDK_VAULT_MISMATCH: BEHIND,
  SDK_VAULT_DAMAGED: {
    exit: 'inconsistent',
    what: ['存证器的保管库已损坏', 'the vault of the notary is damaged'],
    todo: ['请恢复副本；不要用它继续', 'bring back a copy; do not go on with it'],
  },
  SDK_OUTBOX_FULL: {
    exit: 'unknown',
    what: ['待发箱已满', 'as much waits for the log as may'],
    todo: ['等日志恢复后再试', 'bring the log back, and try again later'],
  },
  SDK_EMITTER_STOPPED: {
    exit: 'inconsistent',
    what: ['待发箱已停止发送', 'the emitter has stopped'],
    todo: [
      '请查明原因：可能恢复了旧的待发箱，或者日志是另一个',
      'find out why: an older copy of the outbox may have been put back, or the log is another one',
    ],
  },
  SDK_ANCHORING_STOPPED: {
    exit: 'inconsistent',
    what: [
      '日志与链互相矛盾，存证器不再接收',
      'log and chain contradict each other: the notary takes nothing more',
    ],
    todo: [
      '请查明原因：合约上的日志可能已关闭，或恢复了旧的备份',
      'find out why: the log may be closed on the contract, or an older copy was restored',
    ],
  },
  LOG_CHECKPOINT_MALFORMED: {
    exit: 'inconsistent',
    what: ['已发布的检查点已损坏', 'the published checkpoint is damaged'],
    todo: ['请恢复 tiles 文件夹里的副本', 'bring back a copy of it in the folder tiles'],
  },
  LOG_BUSY: {
    exit: 'unknown',
    what: ['等待处理的条目太多', 'too many entries are waiting'],
    todo: ['稍后再试', 'try again later'],
  },
  SDK_LOCKED: LOCKED,
  LOG_LOCKED: LOCKED,
  ANCHOR_JOURNAL_LOCKED: LOCKED,
  ANCHOR_JOURNAL_MALFORMED: {
    exit: 'inconsistent',
    what: ['锚定的流水已损坏', 'the journal of the anchors is damaged'],
    todo: [
      '移走 anchors 文件夹后重新打开：其内容会由链上补回',
      'move the folder anchors away and open the notary again: the chain gives back what it held',
    ],
  },
  ANCHOR_JOURNAL_FAILED: {
    exit: 'internal',
    what: ['锚定的流水无法读写', 'the journal of the anchors could not be read or written'],
    todo: DISK_TODO,
  },
  LOG_BEHIND_GUARD: BEHIND,
  LOG_BEHIND_CHECKPOINT: BEHIND,
  LOG_BEHIND_CHAIN: BEHIND,
  LOG_STORE_BEHIND: BEHIND,
  LOG_INCONSISTENT: BEHIND,
  ANCHOR_CHAIN_AHEAD: BEHIND,
  ANCHOR_CHAIN_CONFLICT: BEHIND,
  LOG_GUARD_MISSING: {
    exit: 'inconsistent',
    what: ['日志有记录，防回退文件却不见了', 'the log has entries, but its rollback guard is gone'],
    todo: [
      '请恢复 notary.json 中 guard 所指的文件',
      'bring back the file that guard in notary.json names',
    ],
  },
  LOG_GUARD_MALFORMED: {
    exit: 'inconsistent',
    what: ['防回退文件已损坏', 'the rollback guard is damaged'],
    todo: [
      '请恢复 notary.json 中 guard 所指的文件',
      'bring back the file that guard in notary.json names',
    ],
  },
  LOG_GUARD_MISMATCH: {
    exit: 'inconsistent',
    what: ['防回退文件属于另一个日志', 'the rollback guard is that of another log'],
    todo: ['请检查 notary.json 中 guard 的路径', 'look at the path of guard in notary.json'],
  },
  LOG_STORE_REPLACED: {
    exit: 'inconsistent',
    what: [
      '日志的文件夹在运行中被移走或替换',
      'the folder of the log was removed or replaced while it was in use',
    ],
    todo: ['请放回原来的文件夹，再重新打开', 'put the one that was there back, and start again'],
  },
  LOG_CLOCK_BEHIND: CLOCK,
  LOG_CLOCK_DOUBTFUL: CLOCK,
  SDK_FILE_SIZE: {
    exit: 'usage',
    what: ['记录所附的文件太大', 'a file of the record is too large'],
    todo: [
      '上限由 notary.json 的 files.maxBytes 设定',
      'files.maxBytes in notary.json sets the limit',
    ],
  },
  SDK_FILE_CHANGED: {
    exit: 'unknown',
    what: ['记录所附的文件在读取时被改动', 'a file of the record changed while it was read'],
    todo: ['等它写完后再提交', 'hand the record in again once the file is written'],
  },
  SDK_OPENINGS_LOST: {
    exit: 'inconsistent',
    what: [
      '打开这条记录所需的内容已随旧保管库丢失',
      'what opens this record was lost with an earlier vault',
    ],
  },
  LOG_STORE_DAMAGED: {
    exit: 'inconsistent',
    what: ['日志的存储已损坏', 'the store of the log is damaged'],
    todo: ['请恢复副本；不要用它继续', 'bring back a copy; do not go on with it'],
  },
  LOG_STORE_FAILED: {
    exit: 'internal',
    what: ['日志的存储无法读写', 'the store of the log could not be read or written'],
    todo: DISK_TODO,
  },
  LOG_IDS_DAMAGED: {
    exit: 'inconsistent',
    what: [
      '日志的编号索引已损坏，条目本身不受影响',
      'the index of ids of the log is damaged; its entries are not concerned',
    ],
    todo: [
      '停止存证器，移走 <文件夹>/log/ids，再次打开时会由条目重建',
      'stop the notary and move <dir>/log/ids away: it is made again from the entries when it is opened',
    ],
  },
  LOG_FENCED: {
    exit: 'unknown',
    what: ['另一个进程已接手写这个日志', 'another process has taken over the writing of this log'],
    todo: [
      '向它提交同样的记录即可；已答复的都在',
      'hand the same records in there; what was acknowledged is kept',
    ],
  },
  LOG_STORE_MISSING: {
    exit: 'notFound',
    what: ['这里没有日志的存储', 'there is no store of a log here'],
    todo: ['存证器的在 <文件夹>/log', 'a notary has it in <dir>/log'],
  },
  LOG_STORE_URL_MALFORMED: {
    exit: 'usage',
    what: ['数据库的地址写法不对', 'the URL of the database is not of its form'],
    todo: [
      '写法如 postgresql://用户@主机/数据库?schema=名字',
      'write it like postgresql://user@host/database?schema=name',
    ],
  },
  LOG_STORE_UNREACHABLE: {
    exit: 'unknown',
    what: ['访问不到存储所在的数据库', 'the database of the store cannot be used'],
    todo: ['请检查地址、权限与网络', 'check its URL, its rights and the network'],
  },
  LOG_STORE_VERSION: {
    exit: 'unsupported',
    what: ['存储是另一版本的', 'the store is of another version'],
    todo: ['请更新本程序', 'update this program'],
  },
  LOG_STORE_NOT_DURABLE: {
    exit: 'internal',
    what: ['数据库不保证写到磁盘', 'the database does not write through to its disk'],
    todo: ['请把 fsync 设为 on', 'set fsync to on'],
  },
  LOG_MIGRATE_MISMATCH: {
    exit: 'inconsistent',
    what: ['两处存储不相同', 'the two stores are not equal'],
    todo: [
      '目标应为空，或是同一日志先前中断的副本；复制期间不得写入',
      'copy into an empty one, or go on with a copy of the same log; nobody may write meanwhile',
    ],
  },
  LOG_INDEX_RANGE: {
    exit: 'notFound',
    what: ['日志没有这些条目', 'the log does not have these entries'],
  },
  LOG_ENTRY_WITHHELD: {
    exit: 'notFound',
    what: ['这条记录的内容已依据决定封存', 'the content of this record is withheld by an order'],
    todo: [
      '存证与叶子哈希仍在；先前交出的证明包照样可以核验',
      'its place and leaf hash stand; bundles that were handed out before still verify',
    ],
  },
  LOG_WITHHOLD_REFUSED: {
    exit: 'usage',
    what: ['这些条目不能这样封存', 'these entries cannot be withheld so'],
    todo: ['日志自身的条目不能封存', 'what the log says of itself never is'],
  },
  LOG_BACKUP_MISSING: {
    exit: 'notFound',
    what: ['这里没有备份', 'there is no backup here'],
    todo: ['应指向含 manifest.json 的文件夹', 'name the folder with its manifest.json'],
  },
  LOG_BACKUP_MALFORMED: {
    exit: 'inconsistent',
    what: ['备份的清单不符合格式', 'the manifest of the backup is not of its form'],
    todo: ['请改用另一份备份', 'use another backup'],
  },
  LOG_BACKUP_DAMAGED: {
    exit: 'inconsistent',
    what: ['备份已损坏', 'the backup is damaged'],
    todo: ['请改用另一份备份', 'use another backup'],
  },
  LOG_BACKUP_MISMATCH: {
    exit: 'inconsistent',
    what: ['那里的备份不是这个日志的开头', 'the backup there is no beginning of this log'],
    todo: [
      '请备份到另一个文件夹，并查明哪一个是对的',
      'back up into another folder, and find out which of the two is right',
    ],
  },
  LOG_RESTORE_MISMATCH: {
    exit: 'inconsistent',
    what: ['要恢复到的地方存着别的内容', 'the place to restore into holds something else'],
    todo: ['请先把原来的 log 移走', 'move the log that is there away first'],
  },
  LOG_REFILL_MISMATCH: {
    exit: 'inconsistent',
    what: [
      '已发布的条目不全，或得不出所需的树根',
      'the published entries end early, or do not lead to the root to reach',
    ],
    todo: ['没有写入；请用另一处的文件', 'nothing was written; use the files of another place'],
  },
  LOG_REMOTE_UNREACHABLE: SERVER,
  LOG_REMOTE_REFUSED: SERVER,
  LOG_FAILED: {
    exit: 'internal',
    what: ['日志无法写入存储', 'the log could not be written'],
    todo: ['请检查磁盘', 'look after the disk'],
  },
  LOG_SIGNER_FAILED: {
    exit: 'internal',
    what: ['记录已保存，但回执无法签名', 'the record is safe, but its receipt could not be signed'],
    todo: ['再次提交同一条记录即可取得回执', 'hand in the same record again to get the receipt'],
  },
  VERIFY_POLICY_MALFORMED: POLICY,
  VERIFY_POLICY_KEY: POLICY,
  VERIFY_POLICY_REPEATED: POLICY,
  VERIFY_POLICY_RANGE: POLICY,
  VERIFY_POLICY_VERSION: {
    exit: 'unsupported',
    what: ['信任策略是更新的版本', 'the trust policy is of a newer version'],
    todo: ['请更新本程序', 'update this program'],
  },
  AUDIT_SOURCE_UNREADABLE: {
    exit: 'notFound',
    what: ['这里没有已发布的日志', 'no published log is there'],
    todo: [
      '应指向 checkpoint 与 tile 所在的文件夹或网址，存证器的在 <文件夹>/tiles',
      'name the folder or URL with checkpoint and tile; a notary has it in <dir>/tiles',
    ],
  },
  AUDIT_SUITE_UNSUPPORTED: {
    exit: 'unsupported',
    what: [
      '这个 Node 没有日志所用的杂凑算法',
      'this Node does not have the hash function of the log',
    ],
  },
  AUDIT_POLICY_LOG_UNKNOWN: {
    exit: 'untrusted',
    what: ['信任策略不认识这个日志', 'the trust policy does not know this log'],
  },
  AUDIT_LOG_FOREIGN: {
    exit: 'untrusted',
    what: [
      '这是另一个日志，不是策略所指的那个；不能说明它有问题',
      'this is another log than the one of the policy; that says nothing against it',
    ],
    todo: [
      '请用这个日志自己的信任策略；策略有几个日志时用 --origin 指明',
      'take the trust policy of this log; name it with --origin where the policy has several',
    ],
  },
  PROFILES_UNKNOWN: {
    exit: 'unsupported',
    what: ['没有这种记录类型或版本', 'there is no profile of this name and version'],
    todo: ['已有的类型见：anchorlog profile', 'see what there is: anchorlog profile'],
  },
  ESEAL_INPUT_UNKNOWN: {
    exit: 'usage',
    what: [
      '这不是 OFD 文件、印章或签章',
      'this is neither an OFD file, nor a seal, nor a seal signature',
    ],
  },
  ESEAL_INPUT_LIMIT: SEAL_LIMIT,
  ESEAL_DER_LIMIT: SEAL_LIMIT,
  ESEAL_XML_LIMIT: SEAL_LIMIT,
  ESEAL_ZIP_LIMIT: SEAL_LIMIT,
  ESEAL_ZIP_DEPTH: SEAL_LIMIT,
  ESEAL_ZIP_UNSUPPORTED: {
    exit: 'unsupported',
    what: ['这种压缩包读不了', 'a ZIP file of this kind cannot be read'],
  },
  ESEAL_VERSION_UNKNOWN: {
    exit: 'unsupported',
    what: [
      '不认识的印章或签章版本，或两处版本不一致',
      'a version of seals that is not known, or two versions in one',
    ],
  },
  CORE_DATE_MALFORMED: {
    exit: 'usage',
    what: ['日期不对', 'this is not a date'],
    todo: ['请按 2026-06-30 的样子写', 'write it like 2026-06-30'],
  },
};

/** Say what a code means: its own row, or that of its family. */
export function troubleOfCode(code: string): Trouble {
  return Object.hasOwn(TROUBLES, code) ? TROUBLES[code]! : familyOf(code);
}

function familyOf(code: string): Trouble {
  if (code.startsWith('ANCHOR_')) return CHAIN;
  if (code.startsWith('PROFILES_')) return PROFILE;
  if (code.startsWith('STATEMENT_')) return RECORD;
  if (code.startsWith('CORE_')) return JSON_FORM;
  if (code.startsWith('LOG_')) return LOG;
  if (code.startsWith('ESEAL_')) return SEAL;
  return { exit: 'usage', what: ['输入被拒绝', 'the input was refused'] };
}

const LOG: Trouble = {
  exit: 'internal',
  what: ['日志拒绝了这一步', 'the log refused this step'],
};

const SEAL: Trouble = {
  exit: 'refuted',
  what: [
    '文件不安全，或不合格式：没有采信其中任何内容',
    'the file is unsafe, or not of its form: nothing in it was relied on',
  ],
  todo: ['请向出具者重新索取', 'ask whoever issued it for a good copy'],
};
