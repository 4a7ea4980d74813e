import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { STEP_TEXTS, bandOf, explain, type Band, type Language } from '../src/explain.ts';
import { MISSING, REFUSALS } from '../src/explain-texts.ts';
import {
  STEP_CODES,
  STEP_NAMES,
  resultOf,
  troubleOf,
  type StepCode,
  type Verdict,
} from '../src/index.ts';
import { allCases } from './step-cases.ts';
import { blocks, bundleOf, fullBundle, judge, PERMIT_SHA256 } from './world.ts';

const LANGUAGES: readonly Language[] = ['zh-CN', 'en'];
const CODES = Object.keys(STEP_CODES) as StepCode[]; // its own keys
const full = judge(fullBundle(), { files: [{ sha256: PERMIT_SHA256 }] });
const verdicts = allCases().map((each) => judge(each.bundle, each));
const lines = (verdict: Verdict, language: Language): string[] =>
  explain(verdict, language).split('\n');

describe('explain', () => {
  test('says everything of a good bundle, aligned', () => {
    expect(explain(full, 'zh-CN')).toBe(
      readFileSync(new URL('explain.zh-CN.txt', import.meta.url), 'utf8').trimEnd(),
    );
    expect(explain(full, 'en', { verbose: true })).toBe(
      readFileSync(new URL('explain.en.txt', import.meta.url), 'utf8').trimEnd(),
    );
  });

  test.for<readonly [string, Verdict, string, string]>([
    [
      'verified, status not asked',
      full,
      '✔ 未被篡改,状态未查 · 示例市市场监督管理局签发 · 存证于 2026-03-12 10:15:10 +08:00',
      '✔ Unaltered; status not checked · issued by Example Market Regulator · on record since 2026-03-12 10:15:10 +08:00',
    ],
    [
      'pending',
      judge(bundleOf({ anchors: [], receipt: 6 }), { now: '2026-03-12T12:00:00.000Z' }),
      '◷ 已受理,尚未上链(最迟 2026-03-13 10:15:02 +08:00)',
      '◷ Received, not yet anchored (by 2026-03-13 10:15:02 +08:00)',
    ],
    [
      'unknown',
      judge(bundleOf({ anchors: [] })),
      '? 暂时无法判断:缺少存证时间的凭据',
      '? Cannot tell yet: nothing proves the time of record',
    ],
    [
      'status asked',
      judge(bundleOf(), { on: '2026-06-30' }),
      '? 暂时无法判断:没有证据表明所问日期的状态',
      '? Cannot tell yet: nothing proves the status on the day asked for',
    ],
    [
      'altered',
      judge({ ...bundleOf(), entry: 'AAAA' }),
      '✘ 内容被改动,不可采信',
      '✘ Altered: do not accept',
    ],
    ['not a bundle', judge('x'), '✘ 内容被改动,不可采信', '✘ Altered: do not accept'],
    [
      'valid',
      status(full, 'valid'),
      '✔ 真实有效(2026-06-30) · 示例市市场监督管理局签发 · 存证于 2026-03-12 10:15:10 +08:00',
      '✔ Genuine and valid on 2026-06-30 · issued by Example Market Regulator · on record since 2026-03-12 10:15:10 +08:00',
    ],
    [
      'suspended',
      status(full, 'suspended'),
      '‖ 真实,但已暂扣(2026-06-30) · 示例市市场监督管理局签发 · 存证于 2026-03-12 10:15:10 +08:00',
      '‖ Genuine, but suspended on 2026-06-30 · issued by Example Market Regulator · on record since 2026-03-12 10:15:10 +08:00',
    ],
    [
      'revoked',
      status(full, 'revoked'),
      '✘ 真实,但已吊销(2026-06-30) · 示例市市场监督管理局签发 · 存证于 2026-03-12 10:15:10 +08:00',
      '✘ Genuine, but revoked on 2026-06-30 · issued by Example Market Regulator · on record since 2026-03-12 10:15:10 +08:00',
    ],
  ])('the first line of %s', ([, verdict, zh, en]) => {
    expect([lines(verdict, 'zh-CN')[0], lines(verdict, 'en')[0]]).toEqual([zh, en]);
  });

  test('the first two lines use no word of the trade', () => {
    const trade =
      /merkle|root|hash|checkpoint|consisten|inclusion|commitment|disclos|\blog\b|anchor|block|chain|validator|bundle|默克尔|树|根|哈希|杂凑|检查点|锚定|区块|节点|承诺|披露|摘要|日志/i;
    for (const verdict of verdicts) {
      if (verdict.outcome === 'pending') continue; // its words are given: 尚未上链, not yet anchored
      for (const language of LANGUAGES) {
        const [answer, sentence] = lines(verdict, language);
        expect(`${answer}\n${sentence}`).not.toMatch(trade);
      }
    }
  });

  test('every verdict has an answer, a sentence and facts, in both languages', () => {
    for (const verdict of verdicts) {
      for (const language of LANGUAGES) {
        const text = explain(verdict, language, { verbose: true });
        const [answer, sentence, empty] = text.split('\n');
        expect(answer).toMatch(/^[✔✘?◷‖] \S/);
        expect(sentence).toMatch(/\S[。.]$/);
        expect(empty).toBe('');
        expect(text).not.toMatch(/undefined|NaN|\[object|\n$/);
        for (const { code } of verdict.steps) expect(text).toContain(`[${code}]`);
      }
    }
  });

  test('shows no claim, no issuer and no time of what is refuted', () => {
    const spoilt = judge({
      ...bundleOf({ open: ['/holderName'] }),
      inclusion: { index: 4, hashes: [] },
    });
    const text = explain(spoilt, 'zh-CN');
    expect(text).not.toMatch(/示例|食品|存证时间|发生时间/);
    expect(text).toMatch(/哈希值.*\n.*存证位置.*#4\n.*信任策略/);
  });

  test('shows times in the offset asked for', () => {
    expect(explain(full, 'en', { offset: 0 })).toContain(
      'on record since 2026-03-12 02:15:10 +00:00',
    );
    expect(explain(full, 'en', { offset: -210 })).toContain('2026-03-11 22:45:10 -03:30');
  });

  test('calls claims by the titles that it is given', () => {
    const titles = {
      holderName: { zh: '持证主体', en: 'Holder' },
      caseNo: { zh: '办件编号', en: 'Case' },
    };
    const text = explain(full, 'zh-CN', { titles });
    expect(text).toMatch(/ {2}持证主体 +示例市某某餐饮有限公司\n/);
    expect(text).toMatch(/未出示 +办件编号、certificateNumber、holderCode/);
  });

  test('passes no control character of a claim on to the terminal', () => {
    const claims = { ...full.claims, opened: { holderName: '\u001b[2J\u202egnol\nnext\u009b' } };
    const text = explain({ ...full, claims }, 'en');
    expect(text).toContain(String.raw`\u001b[2J\u202egnol\u000anext\u009b`);
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
  });

  test('says whether the contract itself held the log to growing only', () => {
    const unchecked = {
      ...full,
      anchors: full.anchors.map((anchor) => ({ ...anchor, checked: false })),
    };
    expect(explain(full, 'zh-CN')).toMatch(/只增不改 +合约已核对/);
    expect(explain(unchecked, 'en')).toMatch(/Append-only +the contract checks growth only/);
  });

  test('says that validators have been replaced since', () => {
    const retired = {
      ...full,
      anchors: full.anchors.map((anchor) => ({ ...anchor, retired: true })),
    };
    expect(explain(retired, 'zh-CN')).toContain('个签封(需 3 个) · 已更换');
  });

  test('names the organisation that the license names, where it is another', () => {
    const other = { ...full.claims.public, issuerOrgCode: '119999990000001406' };
    const text = explain({ ...full, claims: { ...full.claims, public: other } }, 'zh-CN');
    expect(text).toMatch(/证照颁发机构 +119999990000001406/);
    expect(explain(full, 'zh-CN')).not.toContain('证照颁发机构');
    expect(judge(bundleOf({ anchors: [blocks.first] })).issuer?.system).toBe('license-make');
  });
});

describe('STEP_TEXTS', () => {
  test('every code has a text of its own in both languages', () => {
    expect(Object.keys(STEP_TEXTS).toSorted()).toEqual(CODES.toSorted());
    for (const [zh, en] of Object.values(STEP_TEXTS)) {
      expect(zh).toMatch(/\p{Script=Han}/u);
      expect(en).toMatch(/^[a-z][^\p{Script=Han}]+$/u);
    }
    for (const i of [0, 1]) {
      const texts = Object.values(STEP_TEXTS).map((said) => said[i]);
      expect(new Set(texts).size).toBe(texts.length);
    }
  });

  test('every required unknown says what is missing, every step that can fail why not', () => {
    const optional = (code: StepCode): boolean =>
      /^(?:receipt|anchor)\.|^evidence\.pending$/.test(code);
    const unknown = CODES.filter((code) => resultOf(code) === 'unknown' && !optional(code));
    expect(Object.keys(MISSING).toSorted()).toEqual(unknown.toSorted());
    const failing = STEP_NAMES.filter((name) =>
      CODES.some((code) => code.startsWith(`${name}.`) && resultOf(code) === 'fail'),
    );
    expect(Object.keys(REFUSALS).toSorted()).toEqual(failing.toSorted());
  });
});

describe('bandOf', () => {
  test('follows outcome and status', () => {
    const band = (state: Verdict['status']['state']): Band => bandOf(status(full, state));
    const states = [
      'valid',
      'notAsked',
      'notApplicable',
      'unknown',
      'suspended',
      'expired',
      'superseded',
      'notYetValid',
      'transferred',
      'lost',
      'pendingActivation',
      'revoked',
      'withdrawn',
      'cancelled',
    ] as const;
    expect(states.map(band)).toEqual([
      'genuine',
      'unaltered',
      'unaltered',
      'unknown',
      'paused',
      'paused',
      'paused',
      'paused',
      'paused',
      'paused',
      'paused',
      'ended',
      'ended',
      'ended',
    ]);
    for (const outcome of ['refuted', 'pending', 'unknown'] as const) {
      expect(bandOf({ ...full, outcome, status: { state: 'valid', on: '2026-06-30' } })).toBe(
        outcome,
      );
    }
  });
});

describe('troubleOf', () => {
  test('names the trouble of every fail and unknown, and of nothing else', () => {
    for (const code of CODES) {
      const troubled = resultOf(code) === 'fail' || resultOf(code) === 'unknown';
      expect(troubleOf(code) !== undefined).toBe(troubled);
    }
  });
});

function status(verdict: Verdict, state: Verdict['status']['state']): Verdict {
  return { ...verdict, status: { state, on: '2026-06-30' } };
}
