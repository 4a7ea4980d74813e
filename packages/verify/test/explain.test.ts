import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '@anchorlog/core';
import { bundleMutants } from '@anchorlog/testkit';
import { anchorCases } from '../../../vectors/generate/bundle-anchor-cases.ts';
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
import {
  PERMIT_SHA256,
  UNSIGNED_INDEX,
  blocks,
  bundleOf,
  fullBundle,
  judge,
  policyOf,
  unsigned,
  type BundleCase,
} from './world.ts';

const RECEIPT_UNKNOWN = 'receipt of a log whose receipt key the policy does not know';
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
      '✔ 未被篡改，状态未查 · 记录：license.issue · 示例市市场监督管理局签发 · 存证于 2026-03-12 10:15:10 +08:00',
      '✔ Unaltered; status not checked · record: license.issue · issued by Example Market Regulator · on record since 2026-03-12 10:15:10 +08:00',
    ],
    [
      'pending',
      judge(bundleOf({ anchors: [], receipt: 6 }), { now: '2026-03-12T12:00:00.000Z' }),
      '◷ 存证已接收，尚未上链（最迟 2026-03-13 10:15:02 +08:00） [evidence.pending]',
      '◷ Received, not yet anchored (by 2026-03-13 10:15:02 +08:00) [evidence.pending]',
    ],
    [
      'unknown',
      judge(bundleOf({ anchors: [] })),
      '? 暂时无法判断：缺少存证时间的凭据 [evidence.absent]',
      '? Cannot tell yet: nothing proves the time of record [evidence.absent]',
    ],
    [
      'status asked',
      judge(bundleOf(), { on: '2026-06-30' }),
      '? 暂时无法判断：没有证据表明所问日期的状态 [status.unproven]',
      '? Cannot tell yet: nothing proves the status on the day asked for [status.unproven]',
    ],
    [
      'a claim that was changed',
      judge(
        bundleMutants(fullBundle()).find(({ name }) => name === 'disclosed value changed')!.bundle,
      ),
      '✘ 内容被改动，不可采信 [disclosures.mismatch]',
      '✘ Altered: do not accept [disclosures.mismatch]',
    ],
    [
      'no statement',
      judge({ ...bundleOf(), entry: 'AAAA' }),
      '✘ 内容残缺，不可采信 [entry.malformed]',
      '✘ Damaged: do not accept [entry.malformed]',
    ],
    [
      'not a bundle',
      judge('x'),
      '✘ 不是完好的证明文件，不可采信 [bundle.malformed]',
      '✘ Not an intact proof: do not accept [bundle.malformed]',
    ],
    [
      'another file',
      judge(fullBundle(), { files: [{ sha256: PERMIT_SHA256.replace(/^../, '00') }] }),
      '✘ 交来的文件与登记的不一致，不可采信 [files.mismatch]',
      '✘ Not the file on record: do not accept [files.mismatch]',
    ],
    [
      'valid',
      status(full, 'valid'),
      '✔ 真实有效（2026-06-30） · 记录：license.issue · 示例市市场监督管理局签发 · 存证于 2026-03-12 10:15:10 +08:00',
      '✔ Genuine and valid on 2026-06-30 · record: license.issue · issued by Example Market Regulator · on record since 2026-03-12 10:15:10 +08:00',
    ],
    [
      'suspended',
      status(full, 'suspended'),
      '‖ 真实，但已暂扣（2026-06-30） · 记录：license.issue · 示例市市场监督管理局签发 · 存证于 2026-03-12 10:15:10 +08:00',
      '‖ Genuine, but suspended on 2026-06-30 · record: license.issue · issued by Example Market Regulator · on record since 2026-03-12 10:15:10 +08:00',
    ],
    [
      'revoked',
      status(full, 'revoked'),
      '✘ 真实，但已吊销（2026-06-30） · 记录：license.issue · 示例市市场监督管理局签发 · 存证于 2026-03-12 10:15:10 +08:00',
      '✘ Genuine, but revoked on 2026-06-30 · record: license.issue · issued by Example Market Regulator · on record since 2026-03-12 10:15:10 +08:00',
    ],
  ])('the first line of %s', ([, verdict, zh, en]) => {
    expect([lines(verdict, 'zh-CN')[0], lines(verdict, 'en')[0]]).toEqual([zh, en]);
  });

  test('says that a receipt was left aside which no key of the policy signs', () => {
    const named = allCases().find(({ name }) => name === RECEIPT_UNKNOWN)!;
    const verdict = judge(named.bundle, named);
    expect(lines(verdict, 'zh-CN')).toContainEqual(
      expect.stringMatching(/^  存证回执 +未核对（没有可信的签名）$/),
    );
    expect(lines(verdict, 'en')).toContainEqual(
      expect.stringMatching(/^  Receipt +not checked, no trusted signature$/),
    );
    expect(explain(full, 'en')).not.toContain('  Receipt ');
  });

  test("tells files that nobody handed in from files that are the record's, and from none", () => {
    const file = (bundle: Parameters<typeof judge>[0], language: Language): string | undefined =>
      lines(judge(bundle), language).find((line) => /^  (?:File|文件) {2}/.test(line));
    expect(file(fullBundle(), 'zh-CN')).toMatch(/ 未交来，未核对$/);
    expect(file(fullBundle(), 'en')).toMatch(/ not handed in, not checked$/);
    expect(file(bundleOf(), 'en')).toBeUndefined();
  });

  test('the first two lines use no word of the trade', () => {
    const trade =
      /merkle|root|hash|checkpoint|consisten|inclusion|commitment|disclos|\blog\b|anchor|block|chain|validator|bundle|默克尔|树|根|哈希|杂凑|检查点|锚定|区块|节点|承诺|披露|摘要|日志/i;
    for (const verdict of verdicts) {
      if (verdict.outcome === 'pending') continue; // its words are given: 尚未上链, not yet anchored
      for (const language of LANGUAGES) {
        const [answer = '', sentence] = lines(verdict, language);
        const said = answer.replace(/ \[\w+\.\w+\]$/, '').replace(/(记录：|record: )\S+/, ''); // names for programs
        expect(`${said}\n${sentence}`).not.toMatch(trade);
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

  test('names the file that was handed in and is the one on record', () => {
    const named = (files: NonNullable<BundleCase['files']>): string =>
      explain(judge(fullBundle(), { files }), 'zh-CN');
    expect(named([{ name: 'my copy.ofd', sha256: PERMIT_SHA256 }])).toMatch(
      /\n {2}文件 +"my copy\.ofd" · 与登记的一致（permit\.ofd）\n/,
    );
    expect(explain(full, 'en')).toMatch(/\n {2}File +"permit\.ofd" · the one on record\n/);
    expect(named([])).not.toContain('与登记的一致');
  });

  test('shows digests in groups, and only what is just a digest', () => {
    const value = 'ab12'.repeat(16);
    const shown = (digest: JsonObject): string => claimed({ holderName: digest });
    expect(shown({ alg: 'SM3', salted: false, value })).toMatch(
      /holderName +SM3 ab12( ab12){15}\n/,
    );
    expect(shown({ alg: 'SHA-256', salted: true, value })).toContain('SHA-256 (salted) ab12 ab12');
    expect(explain(full, 'en', { width: 200 })).toMatch(
      /files +"permit.ofd" 32 bytes SHA-256 dac1 3032 /,
    );
    for (const other of [
      { alg: 'x\n✔', salted: false, value },
      { alg: 'SM3', salted: 'no', value },
      { alg: 'SM3', salted: false, value: 'x' },
      { alg: 'SM3', salted: false, value, more: 1 },
    ]) {
      expect(shown(other)).toMatch(/holderName +\{"alg":/);
    }
  });

  test('says what is on record, and that one record does not make a license valid', () => {
    const revoked = {
      ...full,
      statement: { ...full.statement!, event: 'license.revoke' },
    };
    expect(lines(revoked, 'en').slice(0, 2)).toEqual([
      '✔ Unaltered; status not checked · record: license.revoke · registered by Example Market Regulator · on record since 2026-03-12 10:15:10 +08:00',
      'Not changed since it was put on record; this proves this one record, not that the license or seal is valid now.',
    ]);
    expect(lines(revoked, 'zh-CN')[1]).toContain('只证明这一条记录，不证明证照或印章现在有效');
    expect(lines(status(full, 'valid'), 'zh-CN')[1]).not.toContain('只证明');
  });

  test('shows times in the offset asked for', () => {
    expect(explain(full, 'en', { offset: 0 })).toContain(
      'on record since 2026-03-12 02:15:10 +00:00',
    );
    expect(explain(full, 'en', { offset: -210 })).toContain('2026-03-11 22:45:10 -03:30');
  });

  test('calls claims by the titles that it is given', () => {
    const profile = {
      name: 'license.lifecycle/1',
      title: { zh: '电子证照生命周期', en: 'License lifecycle' },
      events: [{ name: 'license.issue', title: { zh: '签发', en: 'Issued' } }],
      fields: [
        { name: 'holderName', title: { zh: '持证主体', en: 'Holder' } },
        { name: 'caseNo', title: { zh: '办件编号', en: 'Case' } },
      ],
    };
    const text = explain(full, 'zh-CN', { profile });
    expect(text).toContain('✔ 未被篡改，状态未查 · 记录：签发 · ');
    expect(text).toMatch(/ {2}记录 +电子证照生命周期 · 签发 · license\.issue/);
    const other = explain(full, 'zh-CN', { profile: { ...profile, name: 'license.lifecycle/2' } });
    expect(other).not.toContain('持证主体');
    expect(text).toMatch(/ {2}持证主体 +"示例市某某餐饮有限公司"\n/);
    expect(text).toMatch(/未出示 +办件编号、certificateNumber、holderCode/);
  });

  test('passes no control character of a claim on to the terminal', () => {
    const text = claimed({ holderName: '\u001b[2J\u202egnol\nnext\u009b' });
    expect(text).toContain(String.raw`"\u001b[2J\u202egnol\nnext\u009b"`);
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
  });

  test.for(
    'ad 34f 61c 115f 1160 17b4 180e 200b 200d 2060 206a 2800 3164 fe0f ffa0 fff9 1bca0 1d173 e0041 e0100 20dd 301'.split(
      ' ',
    ),
  )('shows U+%s, which a terminal would not show', (hex) => {
    const character = String.fromCodePoint(Number.parseInt(hex, 16));
    const seen = hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
    for (const language of LANGUAGES) {
      const text = claimed({ holderName: `a ${character}b` }, language);
      expect(text).toContain(`"a ${seen}b"`);
      expect(text).not.toContain(character);
    }
  });

  test('keeps the marks of a letter, and shows those that are heaped on one', () => {
    expect(claimed({ holderName: 'e\u0301 e\u0302\u0301' })).toContain('"e\u0301 e\u0302\u0301"');
    const heap = '\u0301'.repeat(3);
    expect(claimed({ holderName: `e${heap}` })).toContain(String.raw`"e\u0301\u0301\u0301"`);
  });

  test.for(['  ', '\u3000\u3000', ' \u00a0\u2003 ', '\u3000'])(
    'makes one space of %j',
    (spaces) => {
      expect(claimed({ holderName: `a${spaces}b` })).toContain('"a b"');
    },
  );

  test('claims stand under a heading, in quotes: none passes for what the program says', () => {
    const said = { Status: 'valid · 2026-06-30', Block: '104 · Test chain 1337 (1337)' };
    const text = claimed(said);
    expect(text).toContain('\n\nWhat the record says, in its own words:\n');
    expect(text).toMatch(/\n {2}Status +"valid · 2026-06-30"\n/);
    expect(text).not.toMatch(/\n {2}Status +valid/);
    expect(text.match(/\n {2}Block +104/g)).toHaveLength(1);
    expect(claimed(said, 'zh-CN')).toContain('\n\n记录自述（原文）：\n');
    expect(claimed({ holderName: 'a" · "b\\u0041' })).toContain(String.raw`"a\" · \"b\\u0041"`);
    // What the license says of its issuer stands among the facts, in quotes as well.
    const other = { ...full.claims.public, issuerOrgCode: '1 ✔ Genuine' };
    const named = explain({ ...full, claims: { ...full.claims, public: other } }, 'en');
    expect(named).toMatch(/Named as issuing +"1 ✔ Genuine"/);
  });

  test('calls a chain without a name of its own by its number, once', () => {
    const anchors = full.anchors.map((anchor) => ({ ...anchor, chain: 'chain 1337' }));
    expect(explain({ ...full, anchors }, 'en')).toContain('104 · chain 1337 · 2026');
    expect(explain({ ...full, anchors }, 'zh-CN')).toContain('104 · 链 1337 · 2026');
  });

  test('begins no line with the mark between names', () => {
    const withheld = Array.from({ length: 40 }, (_, i) => `项目${'名'.repeat(i % 7)}`);
    for (const width of [40, 60, 80]) {
      const text = explain({ ...full, claims: { ...full.claims, withheld } }, 'zh-CN', { width });
      expect(text).not.toMatch(/\n *、/);
    }
  });

  test('no text of a bundle begins a line of the terminal, however wide it is', () => {
    const piece = fc.constantFrom(' ', 'x', '食', '✔ Genuine', '\u3000', '😀', '\n', '·', '"');
    const widths = fc.integer({ min: 20, max: 200 });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 200 }), widths, (pieces, width) => {
        const holderName = pieces.join('');
        const files = full.steps.map((each) =>
          each.step === 'files' ? { ...each, facts: { files: [holderName] } } : each,
        );
        const verdict = {
          ...full,
          claims: { public: {}, opened: { holderName }, withheld: [] },
          steps: files,
        };
        const text = explain(verdict, 'en', { width, verbose: true });
        const own = text.slice(text.indexOf('What the record says')).split('\n');
        const claims = own.slice(1, own.indexOf(''));
        expect(claims[0]).toMatch(/^ {2}holderName {2}"/);
        for (const line of claims) expect(columnsOf(line)).toBeLessThanOrEqual(width);
        for (const line of claims.slice(1)) expect(line).toMatch(/^ {10}/);
        const stepOf = own.findIndex((line) => line.includes('[files.match]'));
        const next = own.findIndex((line) => line.includes('[checkpoint.signed]'));
        for (const line of own.slice(stepOf + 1, next)) {
          expect(line).toMatch(/^ {2}/);
          expect(columnsOf(line)).toBeLessThanOrEqual(width);
        }
      }),
    );
  });

  test('breaks the longest text that a disclosure can hold, in time that grows with it alone', () => {
    // In time by the square of the length, this would not end within the patience of the tests.
    const claims = { public: {}, opened: { holderName: '\u0301'.repeat(500_000) }, withheld: [] };
    const text = explain({ ...full, claims }, 'en', { width: 40 });
    expect(text.replace(/\n */g, '').match(/\\u0301/g)).toHaveLength(500_000);
  });

  test('says that nobody but the log vouches for the issuer where no signature was asked', () => {
    const policy = policyOf({ issuers: [] });
    const verdict = judge(bundleOf({ entry: unsigned, index: UNSIGNED_INDEX, from: 12 }), {
      policy,
    });
    expect(lines(verdict, 'en')[0]).toBe(
      '✔ Unaltered · record: document.notarize · declared by 119999990000001406 (according to the registry alone) · on record since 2026-03-12 10:15:10 +08:00',
    );
    expect(lines(verdict, 'zh-CN')[0]).toContain('119999990000001406申报（仅存证机构申报） ·');
    expect(explain(verdict, 'zh-CN')).toMatch(
      /申报 +119999990000001406 · license-make（存证机构申报）/,
    );
    expect(explain(verdict, 'en')).toMatch(/Declared by .*license-make \(according to the log\)/);
    expect(explain(full, 'en')).not.toMatch(/Issued by.*according/);
  });

  test('names the time of former validators apart', () => {
    const former = '2019-01-01T00:00:00.000Z';
    const verdict = { ...full, times: { ...full.times, formerTime: former } };
    expect(explain(verdict, 'en')).toMatch(
      /On record since +2026-03-12 .*\n +Said to be older +2019-01-01 08:00:00 \+08:00 \(according to former validators; proves nothing\)/,
    );
    expect(explain(verdict, 'zh-CN')).toMatch(
      /更早的说法 +2019-01-01 .*（不作凭据，已更换的验证节点申报）/,
    );
    expect(lines(verdict, 'en')[0]).toContain('on record since 2026-03-12');
  });

  test('a promise without end is shown with the end that counts', () => {
    const pending = anchorCases().find(({ outcome }) => outcome === 'pending')!;
    expect(lines(judge(pending.bundle, pending), 'en')[0]).toBe(
      '◷ Received, not yet anchored (by 2026-04-12 10:15:02 +08:00) [evidence.pending]',
    );
    const late = { ...full, times: { receivedTime: '9999-12-31T23:59:59.999Z' } };
    expect(explain(late, 'en')).toContain('+010000-01-01 07:59:59 +08:00');
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
    expect(explain(retired, 'zh-CN')).toContain('个签名确认（需 3 个） · 已更换');
  });

  test('names the organisation that the license names, where it is another', () => {
    const other = { ...full.claims.public, issuerOrgCode: '119999990000001406' };
    const text = explain({ ...full, claims: { ...full.claims, public: other } }, 'zh-CN');
    expect(text).toMatch(/证照颁发机构 +"119999990000001406"/);
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
    const said = Object.keys(REFUSALS);
    expect(said.filter((name) => !name.includes('.')).toSorted()).toEqual(failing.toSorted());
    const exact = said.filter((name) => name.includes('.')) as StepCode[]; // checked here
    expect(exact.filter((code) => resultOf(code) !== 'fail')).toEqual([]);
  });

  test('altered is only said of what was changed', () => {
    const altered = Object.entries(REFUSALS).filter(([, [[, en]]]) => en === 'Altered');
    expect(altered.map(([name]) => name)).toEqual(['disclosures.mismatch', 'inclusion.mismatch']);
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

/** What is said of claims that the full bundle opens. */
function claimed(opened: JsonObject, language: Language = 'en'): string {
  return explain({ ...full, claims: { ...full.claims, opened } }, language, { width: 1000 });
}

/** Columns at most, in any terminal. */
function columnsOf(line: string): number {
  return Array.from(line, (character) => (character > '\x7f' ? 2 : 1)).reduce<number>(
    (sum, each) => sum + each,
    0,
  );
}

function status(verdict: Verdict, state: Verdict['status']['state']): Verdict {
  return { ...verdict, status: { state, on: '2026-06-30' } };
}
