import type { StepCode, StepName } from './step.ts';

/** A sentence in Chinese and in English. */
export type Said = readonly [zh: string, en: string];

/** What each step code says, for people who want to know more. */
export const STEP_TEXTS: Readonly<Record<StepCode, Said>> = {
  'bundle.read': ['证明包格式正确', 'the bundle is of its form'],
  'bundle.malformed': ['证明包残缺或格式不对', 'the bundle is damaged or not of its form'],
  'bundle.unsupported': ['证明包是更新的版本', 'the bundle is of a newer format version'],

  'entry.canonical': ['记录是规范格式的声明', 'the entry is a statement in canonical form'],
  'entry.malformed': ['记录不是规范格式的声明', 'the entry is no statement in canonical form'],
  'entry.unsupported': [
    '记录用了本程序不认识的签名算法',
    'the entry is signed by an algorithm not known here',
  ],
  'entry.skipped': ['记录未检查', 'the entry was not looked at'],

  'log.known': ['策略信任这个日志', 'the policy trusts the log'],
  'log.mismatch': ['记录与检查点不属于同一个日志', 'entry and checkpoint are of different logs'],
  'log.unknown': ['策略不认识这个日志', 'the policy does not know the log'],
  'log.suiteUnsupported': [
    '本程序没有这个日志的杂凑算法',
    "the log's hash suite is not available here",
  ],
  'log.skipped': ['日志未检查', 'the log was not looked at'],

  'issuer.accepted': [
    '策略接受该机构在此日志中的声明',
    'the policy lets the organisation speak here',
  ],
  'issuer.unknown': [
    '策略不认可该机构在此日志中的声明',
    'the policy does not let the organisation speak here',
  ],
  'issuer.skipped': ['申报机构未检查', 'the issuer was not looked at'],

  'profile.accepted': ['策略接受这类记录', 'the policy accepts the profile'],
  'profile.unknown': [
    '策略不认识这类记录或其版本',
    'the policy does not know the profile or version',
  ],
  'profile.skipped': ['记录类型未检查', 'the profile was not looked at'],

  'signature.valid': ['申报机构的签名有效', "the issuer's signature is valid"],
  'signature.invalid': ['申报机构的签名不成立', "the issuer's signature does not hold"],
  'signature.unsupported': ['本程序未备该密钥的算法', "the key's algorithm is not available here"],
  'signature.absent': [
    '策略要求申报机构签名，而记录没有签名',
    'the policy asks for a signature and there is none',
  ],
  'signature.keyForeign': ['签名用的是别的机构的密钥', 'signed by the key of another organisation'],
  'signature.keyEarly': ['存证时该密钥尚未启用', 'anchored before the key was in use'],
  'signature.keyRetired': ['存证时该密钥已停用', 'anchored after the key was retired'],
  'signature.keyCompromised': ['该密钥自此已被盗用', 'from here on the key is in other hands'],
  'signature.keyUnknown': ['策略不认识签名所用的密钥', 'the policy does not know the signing key'],
  'signature.timeUnknown': [
    '无法确定签名时密钥是否仍有效',
    'cannot tell whether the key was still in use',
  ],
  'signature.notAsked': ['策略未登记该机构的密钥，不要求签名', 'the policy asks for no signature'],
  'signature.skipped': ['签名未检查', 'the signature was not looked at'],

  'disclosures.opened': ['出示的内容与承诺一致', 'what is disclosed opens its commitments'],
  'disclosures.mismatch': ['出示的内容与承诺不一致', 'a disclosure does not match its commitment'],
  'disclosures.foreign': ['出示的内容不属于这条记录', 'a disclosure is of another statement'],
  'disclosures.repeated': ['同一项内容出示了两次', 'a claim is disclosed twice'],
  'disclosures.malformed': ['出示的内容格式不对', 'a disclosure is not of its form'],
  'disclosures.none': ['没有出示隐藏的内容', 'nothing is disclosed'],
  'disclosures.skipped': ['出示的内容未检查', 'disclosures were not looked at'],

  'files.match': ['交来的文件就是登记的文件', "the files are the record's"],
  'files.mismatch': ['交来的文件不是登记的文件', "a file is not one of the record's"],
  'files.withheld': ['证明包没有出示文件摘要', 'the digests of the files are withheld'],
  'files.unnamed': ['记录没有登记任何文件', 'the record names no file'],
  'files.unsupported': [
    '记录以本程序未计算的算法登记文件摘要',
    'the record names its files by an algorithm not computed here',
  ],
  'files.unreadable': ['给出的文件摘要不是 SHA-256', 'a digest given is no SHA-256'],
  'files.notGiven': ['没有交来文件', 'no file was given'],
  'files.skipped': ['文件未检查', 'files were not looked at'],

  'checkpoint.signed': ['检查点有日志的签名', 'the log has signed the checkpoint'],
  'checkpoint.malformed': ['检查点格式不对', 'the checkpoint is not of its form'],
  'checkpoint.signatureInvalid': ['检查点的签名不成立', "the checkpoint's signature does not hold"],
  'checkpoint.indexLine': [
    '检查点的索引行与策略矛盾',
    'the index line of the checkpoint contradicts the policy',
  ],
  'checkpoint.keyUnknown': [
    '检查点没有策略所认日志密钥的签名',
    'the checkpoint is not signed by the log key of the policy',
  ],
  'checkpoint.skipped': ['检查点的签名未检查', 'the checkpoint was not looked at'],

  'inclusion.proven': ['记录在日志之中', 'the entry stands in the log'],
  'inclusion.mismatch': ['记录与日志的树根不符', 'the proof leads to another root'],
  'inclusion.malformed': ['包含证明的位置或长度不对', 'the proof is of another length or index'],
  'inclusion.skipped': ['包含证明未检查', 'inclusion was not looked at'],

  'receipt.valid': ['日志的回执有效', "the log's receipt is valid"],
  'receipt.malformed': ['回执格式不对', 'the receipt is not of its form'],
  'receipt.signatureInvalid': ['回执的签名不成立', "the receipt's signature does not hold"],
  'receipt.mismatch': ['回执不是这条记录的', 'the receipt is for another entry or log'],
  'receipt.contradiction': [
    '回执与检查点互相矛盾：日志签了两种历史',
    'receipt and checkpoint show two histories, both signed by the log',
  ],
  'receipt.keyUnknown': ['策略不认识回执的密钥', 'the policy does not know the key of the receipt'],
  'receipt.absent': ['没有回执', 'there is no receipt'],
  'receipt.skipped': ['回执未检查', 'the receipt was not looked at'],

  'consistency.proven': [
    '锚定的树头与检查点同属一个日志',
    'anchored head and checkpoint are of one log',
  ],
  'consistency.mismatch': ['锚定的树头与检查点互相矛盾', 'anchored head and checkpoint contradict'],
  'consistency.malformed': ['一致性证明的长度不对', 'the consistency proof is of another length'],
  'consistency.indexRoot': ['锚定的索引根与检查点或策略矛盾', 'the index root contradicts'],
  'consistency.skipped': ['一致性未检查', 'consistency was not looked at'],

  'anchor.sealed': ['足够多的验证节点签名确认了该区块', 'enough validators sealed the block'],
  'anchor.contractForeign': ['策略不认识这个合约', 'the policy does not know the contract'],
  'anchor.headerMalformed': ['区块头格式不对', 'the block header is not of its form'],
  'anchor.validatorsDiffer': [
    '区块的验证节点与策略不同：证明包是伪造的，或者策略过时了',
    'of other validators than those of the policy: it is forged, or the policy is out of date',
  ],
  'anchor.sealMalformed': ['有一处签名确认格式不对', 'a seal is not of its form'],
  'anchor.sealMalleated': [
    '有一处签名确认是另一处的变形',
    'a seal is the second encoding of a signature',
  ],
  'anchor.sealForeign': [
    '有一处签名确认不是策略所定节点的',
    'a seal is by no validator of the policy',
  ],
  'anchor.sealRepeated': ['同一节点签名确认了两次', 'a validator has sealed twice'],
  'anchor.sealsTooFew': ['签名确认的节点不足三分之二', 'less than two thirds have sealed'],
  'anchor.txReceiptMismatch': [
    '交易回执不在该区块中',
    'the transaction receipt is not of the block',
  ],
  'anchor.txFailed': ['交易没有成功', 'the transaction was reverted'],
  'anchor.eventForeign': ['交易没有写下锚定事件', 'the transaction wrote no anchor event there'],
  'anchor.eventChain': ['锚定事件是另一条链的', 'the event names another chain'],
  'anchor.eventLog': ['锚定事件是另一个日志的', 'the event names another log'],
  'anchor.eventHead': ['链上锚定的是另一个树头', 'the chain holds another head'],
  'anchor.contradiction': [
    '两个锚定互相矛盾：序号、大小、区块和时间不是一同增长',
    'two anchors contradict: number, size, block and time do not grow together',
  ],
  'anchor.chainUnknown': ['策略不认识这条链', 'the policy does not know the chain'],
  'anchor.validatorsUnknown': [
    '策略没有该区块高度的验证节点',
    'the policy has no validators for this height',
  ],
  'anchor.validatorsRetired': [
    '签名确认的验证节点已更换，需要较新的锚定佐证',
    'the validators have been replaced: a newer anchor must confirm it',
  ],
  'anchor.headVoid': ['日志关闭之后的锚定，不作数', 'anchored after the log was closed'],
  'anchor.timeAhead': [
    '区块时间晚于核验时间：核验的时钟不准，或者验证节点申报不实',
    'the block is later than the time of verification: a clock is wrong, or the validators are',
  ],
  'anchor.txReceiptUnsupported': [
    '本程序不认识这类交易回执',
    'a transaction receipt of a type not known here',
  ],
  'anchor.kindUnsupported': ['本程序不认识这类凭据', 'evidence of a kind not known here'],
  'anchor.skipped': ['锚定凭据未检查', 'the evidence was not looked at'],

  'evidence.met': ['凭据满足策略的要求', 'the evidence suffices'],
  'evidence.pending': ['尚未锚定，仍在承诺的期限内', 'not anchored yet, within the promised time'],
  'evidence.overdue': ['过了承诺的期限仍无锚定凭据', 'not anchored by the promised time'],
  'evidence.absent': ['没有策略要求的锚定凭据', 'there is no such evidence as the policy asks for'],
  'evidence.void': ['日志关闭之后才锚定', 'anchored only after the log was closed'],
  'evidence.undecided': ['有凭据，但无法判断', 'there is evidence that cannot be judged'],
  'evidence.skipped': ['凭据是否足够未判断', 'whether the evidence suffices was not judged'],

  'status.notAsked': ['没有查询状态', 'the status was not asked'],
  'status.notApplicable': ['这类记录没有状态', 'records of this kind have no status'],
  'status.unproven': ['没有状态证明', 'there is no proof of the status'],
  'status.unsupported': [
    '本程序还不能判断状态证明',
    'status proofs are not evaluated by this version',
  ],
  'status.dateMalformed': ['查询的日期不是 YYYY-MM-DD', 'the date asked is not YYYY-MM-DD'],
  'status.skipped': ['状态未判断', 'the status was not judged'],
};

const ALTERED: Said = ['内容被改动', 'Altered'];
const DAMAGED: Said = ['内容残缺', 'Damaged'];

/**
 * For a fail that decides, by its code or else by its step: the answer, which `: do not accept` follows, and one sentence, both without a
 * word of the trade. Altered is only said of what was changed.
 */
export const REFUSALS: Readonly<
  Partial<Record<StepCode | StepName, readonly [answer: Said, sentence: Said]>>
> = {
  bundle: [
    ['不是完好的证明文件', 'Not an intact proof'],
    ['文件残缺，或者不是证明文件。', 'The file is damaged, or no proof at all.'],
  ],
  entry: [
    DAMAGED,
    ['所记载的内容残缺，或者被改过。', 'What is recorded is damaged or was changed.'],
  ],
  log: [
    ['内容与存证不相配', 'Parts that do not belong together'],
    [
      '内容与为它作证的登记不是同一处的。',
      'The content and what vouches for it come from two places.',
    ],
  ],
  'signature.invalid': [
    ['签名不成立', 'Signature does not hold'],
    [
      '内容不是申报机构签过名的内容，或者签名是伪造的。',
      'The content is not what its issuer signed, or the signature is forged.',
    ],
  ],
  signature: [
    ['签名不被认可', 'Signature not accepted'],
    [
      '您的信任策略不认可这样的签名：没有签名，或者密钥不属于它、不在使用期内、已被盗用。',
      'Your trust policy does not accept it: there is none, or its key is of somebody else, was not in use, or was stolen.',
    ],
  ],
  'disclosures.mismatch': [
    ALTERED,
    ['出示的内容与当初登记的不一致。', 'What is shown is not what was recorded at the time.'],
  ],
  disclosures: [
    ['出示的内容不成立', 'What is shown does not hold'],
    [
      '出示的内容残缺、重复，或者属于另一条记录。',
      'What is shown is damaged, shown twice, or of another record.',
    ],
  ],
  files: [
    ['交来的文件与登记的不一致', 'Not the file on record'],
    [
      '交来的文件不是当初登记的那一个：可能拿错了，也可能被改过。',
      'The file is not the one that was recorded: it may be another one, or was changed.',
    ],
  ],
  checkpoint: [
    ['存证机构的签名不成立', "The registry's signature does not hold"],
    [
      '存证机构的签名不成立，或者自相矛盾。',
      "The registry's signature does not hold, or contradicts itself.",
    ],
  ],
  'inclusion.mismatch': [
    ALTERED,
    ['内容与当初存证的不一致。', 'The content is not what was put on record at the time.'],
  ],
  inclusion: [
    DAMAGED,
    ['证明文件中的存证位置不成立。', 'The place on record that the proof names does not hold.'],
  ],
  receipt: [
    ['存证机构的回执不成立', "The registry's receipt does not hold"],
    [
      '存证机构的回执不成立，或者与登记矛盾。',
      "The registry's receipt does not hold, or contradicts its records.",
    ],
  ],
  consistency: [
    ['存证机构的登记自相矛盾', "The registry's records contradict each other"],
    [
      '存证机构前后两次的登记互相矛盾，或者证明文件残缺。',
      "The registry's records contradict each other, or the proof is damaged.",
    ],
  ],
  anchor: [
    ['存证时间的凭据不成立', 'The time of record does not hold'],
    ['存证时间的凭据不成立。', 'What should prove the time of record does not hold.'],
  ],
};

const LACKING: readonly [missing: Said, todo: Said] = [
  ['本程序缺少所需的算法', 'this program lacks an algorithm that is needed'],
  ['请换用带国密算法的核验程序。', 'Use a program that has it.'],
];

/** For an unknown that decides: what is missing, and the one thing to do about it. */
export const MISSING: Readonly<Partial<Record<StepCode, readonly [missing: Said, todo: Said]>>> = {
  'bundle.unsupported': [
    ['证明文件是更新的版本', 'the proof is of a newer version'],
    ['请更新核验程序。', 'Update this program.'],
  ],
  'entry.unsupported': [
    ['签名用了本程序不认识的算法', 'it is signed in a way that this program does not know'],
    ['请更新核验程序。', 'Update this program.'],
  ],
  'log.unknown': [
    ['您的信任策略不认识这家存证机构', 'your trust policy does not know this registry'],
    [
      '请向策略的发布者确认是否应当信任它。',
      'Ask whoever publishes your policy whether to trust it.',
    ],
  ],
  'log.suiteUnsupported': LACKING,
  'issuer.unknown': [
    [
      '您的信任策略不认可该机构在此申报',
      'your trust policy does not let this organisation issue here',
    ],
    ['请向策略的发布者确认。', 'Ask whoever publishes your policy.'],
  ],
  'profile.unknown': [
    ['您的信任策略不认识这类记录', 'your trust policy does not know this kind of record'],
    ['请更新信任策略。', 'Update your trust policy.'],
  ],
  'signature.keyUnknown': [
    [
      '您的信任策略不认识签名所用的密钥',
      'your trust policy does not know the key it is signed with',
    ],
    ['请更新信任策略，或向申报机构核实。', 'Update your trust policy, or ask the issuer.'],
  ],
  'signature.unsupported': LACKING,
  'signature.timeUnknown': [
    ['无法确定签名时密钥是否有效', 'whether the key was in use when it was signed'],
    ['请索取带有最初存证时间的证明文件。', 'Ask for a proof that holds the first time of record.'],
  ],
  'files.withheld': [
    ['出示的内容没有登记这个文件', 'what the proof shows does not name this file'],
    [
      '请核对文件，或请持有人出示全部文件指纹。',
      'Look whether it is the right file, or ask the holder for a proof that shows all of them.',
    ],
  ],
  'files.unnamed': [
    ['这条记录没有登记任何文件', 'this record names no file'],
    [
      '文件请向申报机构核实；记录可不带文件单独核验。',
      'Ask its issuer about the file; the record can be checked without it.',
    ],
  ],
  'files.unsupported': [
    [
      '记录以本程序未计算的算法登记文件',
      'the record names its files in a way that this program does not compute',
    ],
    ['请换用支持该算法的核验程序。', 'Use a program that has it.'],
  ],
  'files.unreadable': [
    ['给出的文件指纹不对', 'the fingerprint of the file is not one'],
    ['请直接交来文件。', 'Hand in the file itself.'],
  ],
  'checkpoint.keyUnknown': [
    ['没有您信任的存证机构的签名', 'there is no signature by a registry that you trust'],
    [
      '请更新信任策略，或重新索取证明文件。',
      'Update your trust policy, or ask for the proof again.',
    ],
  ],
  'evidence.overdue': [
    ['存证机构没有按期完成存证', 'the registry has not kept its time'],
    [
      '请重新索取证明文件；仍然没有，可凭此文件投诉。',
      'Ask for the proof again; failing that, this file proves the delay.',
    ],
  ],
  'evidence.absent': [
    ['缺少存证时间的凭据', 'nothing proves the time of record'],
    ['请索取完整的证明文件。', 'Ask for the whole proof.'],
  ],
  'evidence.void': [
    ['存证机构关闭之后才存证', 'it was put on record only after the registry was closed'],
    ['请向申报机构核实。', 'Ask the issuer.'],
  ],
  'evidence.undecided': [
    ['存证时间的凭据无法判断', 'what should prove the time of record cannot be judged'],
    [
      '请更新信任策略、核对时钟，或索取较新的证明文件。',
      'Update your trust policy, check the clock, or ask for a newer proof.',
    ],
  ],
  'status.unproven': [
    ['没有证据表明所问日期的状态', 'nothing proves the status on the day asked for'],
    [
      '内容未被篡改；状态请向申报机构查询。',
      'The content is unaltered; ask the issuer for the status.',
    ],
  ],
  'status.unsupported': [
    ['本程序还不能判断状态', 'this program cannot judge the status yet'],
    ['内容未被篡改；请更新核验程序。', 'The content is unaltered; update this program.'],
  ],
  'status.dateMalformed': [
    ['查询的日期不对', 'the day asked for is none'],
    ['请按 2026-06-30 的样子写日期。', 'Write it like 2026-06-30.'],
  ],
};
