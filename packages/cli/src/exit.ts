import type { Said } from './language.ts';

interface Exit {
  readonly code: number;
  readonly when: Said;
}

/** Exit codes of every command: one table, printed by `anchorlog --help` and in the README. Never reused. */
export const EXIT = {
  ok: {
    code: 0,
    when: [
      '已完成；verify：核验通过，问了日期的，当日有效；audit：没有发现问题',
      'done; verify: verified and, if a date was asked, valid on it; audit: nothing found',
    ],
  },
  internal: {
    code: 1,
    when: ['程序或所在机器的故障', 'a fault of this program or of the machine under it'],
  },
  usage: {
    code: 2,
    when: [
      '命令行、设置、策略或记录的格式不对',
      'the command line, a settings file, a policy or a record is not of its form',
    ],
  },
  refuted: {
    code: 10,
    when: [
      '证明不成立：被改动、是伪造的，或不相配',
      'the proof does not hold: altered, forged, or not what belongs together',
    ],
  },
  notValid: {
    code: 11,
    when: [
      '核验通过，但所问日期并非有效：吊销、过期、暂扣……，或这类记录没有状态',
      'verified, but not valid on the asked date: revoked, expired, …; or a record that has no status',
    ],
  },
  notFound: {
    code: 12,
    when: ['没有这条记录、这个文件或存证器', 'no such record, file or notary'],
  },
  pending: { code: 13, when: ['存证已接收，尚未上链', 'received by the log, not anchored yet'] },
  untrusted: {
    code: 14,
    when: ['申报机构、日志或密钥不在信任策略之内', 'issuer, log or key is not in the trust policy'],
  },
  inconsistent: {
    code: 15,
    when: [
      '审计发现问题，或存储与已作的承诺不符',
      'an audit found a discrepancy, or a store contradicts what was promised',
    ],
  },
  unsupported: {
    code: 16,
    when: [
      '本程序不认识的算法、记录类型或格式版本',
      'algorithm, kind of record or format version that this program does not know',
    ],
  },
  unknown: {
    code: 20,
    when: [
      '无法判断：缺少所需的材料，或访问不到',
      'cannot tell: something that is needed is missing, busy or cannot be reached',
    ],
  },
  interrupted: {
    code: 130,
    when: ['被中断；已答复的记录都已保存', 'interrupted; what was acknowledged is kept'],
  },
} as const satisfies Record<string, Exit>;

export type ExitName = keyof typeof EXIT;
