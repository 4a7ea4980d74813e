import type { Doubt, HeadReport, RegistryReport, ReplayReport } from '@anchorlog/audit';
import { formatBase64, formatInstant } from '@anchorlog/core';
import { FINDING_TEXTS } from './finding-texts.ts';
import type { Said, Say } from './language.ts';
import { alignFacts, paint } from './output.ts';
import { count } from './progress.ts';
import { formatJson, visible } from './visible.ts';

/** What a replay came to, as JSON. `chainProblems`: why nodes could not be asked. */
export function replayJson(report: ReplayReport, chainProblems: readonly string[]): object {
  return {
    ...report,
    rootHash: formatBase64(report.rootHash),
    chainProblems,
    heads: report.heads.map(({ head, holds, counts }) => ({
      chainId: head.chainId,
      contract: head.contract,
      number: head.number,
      size: head.size,
      rootHash: formatBase64(head.rootHash),
      from: head.from,
      retired: head.retired,
      holds,
      counts,
    })),
  };
}

/** Causes before what follows from them, as their table has them. */
const RANKS = Object.keys(FINDING_TEXTS);

/** What a replay came to, for people. */
export function replayText(
  report: ReplayReport,
  chainProblems: readonly string[],
  say: Say,
): string {
  const { entries, findings, secondOpinion, signatures } = report;
  const facts: [string, string][] = [
    [say('条目', 'entries'), count(entries)],
    [say('树根', 'root'), formatBase64(report.rootHash)],
    [say('已锚定', 'anchored'), anchoredText(report, say)],
    [say('锚定的树头', 'anchored heads'), headsText(report.heads, say)],
    ...chainTexts(report, chainProblems, say).map((text): [string, string] => [
      say('链', 'chain'),
      text,
    ]),
    [say('检查点', 'checkpoint'), say(...CHECKPOINT[report.checkpoint])],
    [say('签名', 'signatures'), signaturesText(signatures, say)],
  ];
  const { opened, numbered, voided } = report.sources;
  if (opened > 0) {
    facts.push([
      say('来源', 'sources'),
      say(
        `${count(opened)} 个，${count(numbered)} 个序号，其中作废 ${count(voided)} 个`,
        `${count(opened)} with ${count(numbered)} numbers, ${count(voided)} of them void`,
      ),
    ]);
  }
  if (secondOpinion !== 'notAsked') {
    const { equal, different, skipped } = secondOpinion;
    facts.push([
      say('旁证', 'second opinion'),
      say(
        `merkletreejs：${equal} 个树根相同，${different} 个不同，${skipped} 个略过`,
        `merkletreejs: ${equal} roots equal, ${different} different, ${skipped} skipped`,
      ),
    ]);
  }
  const ordered = findings.toSorted((a, b) => RANKS.indexOf(a.code) - RANKS.indexOf(b.code));
  const listed = ordered.flatMap(({ code, facts: where }, i) => [
    ...(ordered.findIndex((each) => each.code === code) === i
      ? [`  ${say(...FINDING_TEXTS[code])}`]
      : []),
    `  ${code} ${formatJson(where)}`,
  ]);
  return [
    ...answerLines(report, chainProblems, say),
    ...withheldLines(report, say),
    alignFacts(facts),
    ...listed,
  ].join('\n');
}

/** The answer, with the log's name, and what else is in doubt. */
function answerLines(
  report: ReplayReport,
  chainProblems: readonly string[],
  say: Say,
): readonly string[] {
  const { counts, entries, anchoredSize } = report;
  const origin = visible(report.origin);
  const total = Object.values(counts).reduce((sum, each) => sum + each, 0);
  if (total > 0) {
    const answer = paint('red', say(`✘ 发现 ${total} 处问题`, `✘ ${total} finding(s)`));
    return [`${answer}  ${origin}`];
  }
  const [doubt, ...others] = [
    ...report.doubts.map((each) => DOUBTS[each]),
    ...(chainProblems.length > 0 ? [UNREACHED] : []),
  ];
  if (doubt) {
    return [
      `${paint('yellow', `? ${say(...doubt)}`)}  ${origin}`,
      ...others.map((each) => paint('yellow', `? ${say(...each)}`)),
    ];
  }
  const left = entries - anchoredSize;
  const answer =
    left > 0
      ? say(
          `✔ 已锚定的 ${count(anchoredSize)} 条中没有发现问题；其后 ${count(left)} 条尚未锚定，无从比对`,
          `✔ nothing found in the ${count(anchoredSize)} entries that are anchored; the last ${count(left)} are not, and nothing vouches for them`,
        )
      : say('✔ 没有发现问题', '✔ nothing found');
  return [`${paint('green', answer)}  ${origin}`];
}

/** What could not be checked though nothing was found: never left unsaid. */
function withheldLines({ withheld }: ReplayReport, say: Say): string[] {
  const { entries, orders } = withheld;
  if (entries === 0) return [];
  const text = say(
    `! 其中 ${count(entries)} 条的内容依 ${count(orders)} 项决定封存，只核对了它们在树中的位置`,
    `! of ${count(entries)} entries nothing was checked but their places in the tree: their bytes are withheld, by ${count(orders)} order(s) in the log`,
  );
  return [paint('yellow', text)];
}

const DOUBTS: Readonly<Record<Doubt, Said>> = {
  noAnchor: ['无法判断：没有可以比对的锚定', 'cannot tell: nothing anchored to compare with'],
  chainBehind: [
    '未发现问题，但节点报出的树头少于验证节点已签名确认的：它落后了，或者没说实话',
    'nothing found, but the node names fewer heads than validators have sealed: it is behind, or does not tell the truth',
  ],
  keyTimes: [
    '未发现问题，但有的签名无从得知：作出时密钥是否仍然有效',
    'nothing found, but nothing says whether the keys of some signatures still counted when they were made',
  ],
};
const UNREACHED: Said = [
  '未发现问题，但问不到链',
  'nothing found, but the chain could not be asked',
];

function anchoredText({ anchoredSize, entries, heads }: ReplayReport, say: Say): string {
  const newest = heads.findLast(
    ({ head, counts }) => counts && head.size === anchoredSize && head.retired !== true,
  )?.head;
  const block = newest?.block;
  const time = block === undefined ? '' : ` · ${formatInstant(block.time * 1000)}`;
  const number = newest?.number;
  return say(
    `${count(entries)} 条中的前 ${count(anchoredSize)} 条${number === undefined ? '' : `，到锚定序号 ${number}${time}`}`,
    `the first ${count(anchoredSize)} of ${count(entries)} entries${number === undefined ? '' : `, up to anchor ${number}${time}`}`,
  );
}

function headsText(heads: readonly HeadReport[], say: Say): string {
  const held = heads.filter(({ holds }) => holds).length;
  const idle = heads.filter(({ holds, counts }) => holds && !counts).length;
  const told = heads.filter(({ head, counts }) => counts && head.from === 'chain').length;
  return [
    say(
      `${heads.length} 个中 ${held} 个由条目得出`,
      `${held} of ${heads.length} follow from the entries`,
    ),
    ...(told > 0
      ? [say(`${told} 个仅凭一个节点所说`, `${told} on the word of one node alone`)]
      : []),
    ...(idle > 0
      ? [
          say(
            `${idle} 个仅由已更换的验证节点签名确认，不作数`,
            `${idle} by former validators alone, which do not count`,
          ),
        ]
      : []),
  ].join(say('，', ', '));
}

function signaturesText(signatures: ReplayReport['signatures'], say: Say): string {
  if (signatures === 'notAsked') return say('未核验', 'not verified');
  const verified = count(signatures.verified);
  const undated = count(signatures.undated);
  return signatures.undated === 0
    ? say(`核验 ${verified} 个`, `${verified} verified`)
    : say(
        `核验 ${verified} 个，另有 ${undated} 个无从得知作出的时间`,
        `${verified} verified, and ${undated} of which nothing says when they were made`,
      );
}

function chainTexts(
  { asked }: ReplayReport,
  problems: readonly string[],
  say: Say,
): readonly string[] {
  const told = ({ chainId, number, behind }: RegistryReport): string =>
    say(
      `${chainId} 已查询：一个节点称最新锚定序号为 ${number}${behind ? '，少于已签名确认的' : ''}`,
      `${chainId} asked: one node's word is that the latest anchor is ${number}${behind ? ', fewer than are sealed' : ''}`,
    );
  if (asked.length > 0 || problems.length > 0)
    return [...asked.map(told), ...problems.map(visible)];
  return [
    say(
      '未查询：树头来自已发布的证据，看不到更晚的锚定',
      'not asked: heads are those of the published evidence; later ones would not be seen',
    ),
  ];
}

const CHECKPOINT: Readonly<Record<ReplayReport['checkpoint'], Said>> = {
  holds: ['成立', 'holds'],
  fails: ['不成立', 'does not hold'],
  absent: ['没有', 'absent'],
};
