import {
  STATES,
  claimsOf,
  doneBy,
  eventOf,
  factsOf,
  instant,
  isByLogAlone,
  stepLine,
  type Titles,
  type Words,
} from './explain-facts.ts';
import { aligned, clean } from './explain-layout.ts';
import { MISSING, REFUSALS, type Said } from './explain-texts.ts';
import type { StatusState, Verdict } from './verdict.ts';

export { STEP_TEXTS } from './explain-texts.ts';

export type Language = 'zh-CN' | 'en';

/** What the answer looks like: sign and colour follow from it. spec/verdict §7 */
export type Band = 'genuine' | 'unaltered' | 'pending' | 'unknown' | 'paused' | 'ended' | 'refuted';

export interface ExplainOptions {
  /** Every step with its code, after the facts. */
  readonly verbose?: boolean | undefined;
  /** Offset from UTC in which times are shown, in minutes; 480 (+08:00) where absent. */
  readonly offset?: number | undefined;
  /** Columns of the terminal; 80 where absent. What the bundle says is broken so that it fits. */
  readonly width?: number | undefined;
  /** The record's profile, for its titles; names stand for themselves where it is absent or another. */
  readonly profile?: Titles | undefined;
}

/** Narrower than this, lines are left to the terminal. */
const LEAST_WIDTH = 20;

/** Over the claims: what follows is the record's own, and nobody has examined whether it is true. */
const CLAIMS: Said = ['记录自述（原文）：', 'What the record says, in its own words:'];

const SIGNS: Readonly<Record<Band, string>> = {
  genuine: '✔',
  unaltered: '✔',
  pending: '◷',
  unknown: '?',
  paused: '‖',
  ended: '✘',
  refuted: '✘',
};

const ENDED: ReadonlySet<StatusState> = /* @__PURE__ */ new Set<StatusState>([
  'revoked',
  'withdrawn',
  'cancelled',
]);

/** Choose the band of a verdict. spec/verdict §7 */
export function bandOf({ outcome, status }: Verdict): Band {
  if (outcome !== 'verified') return outcome;
  const { state } = status;
  if (state === 'valid') return 'genuine';
  if (state === 'notAsked' || state === 'notApplicable') return 'unaltered';
  if (state === 'unknown') return 'unknown';
  return ENDED.has(state) ? 'ended' : 'paused';
}

/**
 * Say a verdict in words: the answer first, with a sign and the date, then the facts, one a line, aligned. Text of several lines without a
 * final newline; control characters in what the bundle says are made visible, never passed on. spec/verdict §7
 */
export function explain(
  verdict: Verdict,
  language: Language,
  { verbose = false, offset = 480, width = 80, profile }: ExplainOptions = {},
): string {
  const words: Words = {
    say: ([zh, en]) => (language === 'zh-CN' ? zh : en),
    offset,
    profile: profile?.name === verdict.statement?.profile ? profile : undefined,
  };
  // Nobody vouches for the claims of a bundle that is refuted or cannot be judged.
  const shown = verdict.outcome === 'verified' || verdict.outcome === 'pending';
  const claims = shown ? claimsOf(verdict, words) : [];
  const columns = Math.max(width, LEAST_WIDTH);
  const parts = [
    `${SIGNS[bandOf(verdict)]} ${answerOf(verdict, words)}\n${sentenceOf(verdict, words)}`,
    aligned(factsOf(verdict, words)),
    claims.length > 0 ? `${words.say(CLAIMS)}\n${aligned(claims, columns)}` : '',
    verbose ? verdict.steps.map((step) => stepLine(step, words, columns)).join('\n') : '',
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** The first line: the answer with the code that decided, or what is on record, by whom, and since when. */
function answerOf(verdict: Verdict, words: Words): string {
  const { say } = words;
  const { times, issuer, outcome, reason, statement } = verdict;
  const answer = say(ANSWERS[bandOf(verdict)](verdict, words));
  if (outcome !== 'verified') return reason === undefined ? answer : `${answer} [${reason}]`;
  const name = issuer && clean(issuer.name ? say([issuer.name.zh, issuer.name.en]) : issuer.org);
  const parts = [answer];
  if (statement) {
    const event = eventOf(statement.event, words);
    parts.push(say([`记录：${event}`, `record: ${event}`]));
  }
  if (name !== undefined) {
    const alone = isByLogAlone(verdict)
      ? say(['（仅存证机构申报）', ' (according to the registry alone)'])
      : '';
    const [zh, en] = doneBy(verdict).by;
    parts.push(say([`${name}${zh}`, `${en} ${name}`]) + alone);
  }
  if (times.anchoredTime !== undefined) {
    const anchored = instant(times.anchoredTime, words);
    parts.push(say([`存证于 ${anchored}`, `on record since ${anchored}`]));
  }
  return parts.join(' · ');
}

const ANSWERS: Readonly<Record<Band, (verdict: Verdict, words: Words) => Said>> = {
  genuine: ({ status }) => [`真实有效（${status.on}）`, `Genuine and valid on ${status.on}`],
  unaltered: ({ status }) =>
    status.state === 'notAsked'
      ? ['未被篡改，状态未查', 'Unaltered; status not checked']
      : ['未被篡改', 'Unaltered'],
  paused: butState,
  ended: butState,
  pending: ({ steps }, words) => {
    const until = steps.find(({ code }) => code === 'evidence.pending')?.facts['until'];
    const by = typeof until === 'string' ? instant(until, words) : '';
    return [`存证已接收，尚未上链（最迟 ${by}）`, `Received, not yet anchored (by ${by})`];
  },
  unknown: (verdict) => {
    const [[zh, en]] = missingOf(verdict);
    return [`暂时无法判断：${zh}`, `Cannot tell yet: ${en}`];
  },
  refuted: (verdict) => {
    const [[zh, en]] = refusalOf(verdict);
    return [`${zh}，不可采信`, `${en}: do not accept`];
  },
};

function butState({ status }: Verdict): Said {
  const [zh, en] = STATES[status.state];
  return [`真实，但${zh}（${status.on}）`, `Genuine, but ${en} on ${status.on}`];
}

/** The second line: one sentence about what the answer means, or what to do. */
function sentenceOf(verdict: Verdict, { say }: Words): string {
  switch (verdict.outcome) {
    case 'verified':
      return say(verdict.status.state === 'notAsked' ? ONE_RECORD : ON_RECORD);
    case 'pending':
      return say([
        '内容完好；请在存证完成后重新索取证明文件。',
        'The content is intact; ask for a new proof when it has been put on record.',
      ]);
    case 'unknown':
      return say(missingOf(verdict)[1]);
    default:
      return say(refusalOf(verdict)[1]);
  }
}

const ON_RECORD: Said = [
  '自存证起未被改动；内容是否属实不在核验之列。',
  'Not changed since it was put on record; whether its content is true was not examined.',
];
/** Of a license or seal whose status nobody asked: other records may have followed. */
const ONE_RECORD: Said = [
  '自存证起未被改动；只证明这一条记录，不证明证照或印章现在有效。',
  'Not changed since it was put on record; this proves this one record, not that the license or seal is valid now.',
];

function refusalOf({ reason, steps }: Verdict): readonly [answer: Said, sentence: Said] {
  const failed = steps.find(({ code }) => code === reason);
  return (reason && REFUSALS[reason]) ?? REFUSALS[failed?.step ?? 'bundle'] ?? REFUSALS.bundle!;
}

function missingOf({ reason }: Verdict): readonly [missing: Said, todo: Said] {
  return (reason && MISSING[reason]) ?? UNFORESEEN;
}

const UNFORESEEN: readonly [Said, Said] = [
  ['缺少判断所需的材料', 'something that is needed is missing'],
  ['请重新索取证明文件。', 'Ask for the proof again.'],
];
