import {
  canonicalize,
  formatHex,
  parseBase64,
  parseInstant,
  type JsonValue,
} from '@anchorlog/core';
import { clean, hanging, type Fact } from './explain-layout.ts';
import { STEP_TEXTS, type Said } from './explain-texts.ts';
import type { StatusState, Step, Verdict, VerdictAnchor } from './verdict.ts';

/** How to say things to one reader. */
export interface Words {
  readonly say: (said: Said) => string;
  /** Minutes from UTC. */
  readonly offset: number;
}

/** Titles of claims by name. */
export type Titles = Readonly<Record<string, { readonly zh: string; readonly en: string }>>;

/** What each state is called. */
export const STATES: Readonly<Record<StatusState, Said>> = {
  notAsked: ['状态未查', 'its status was not checked'],
  notApplicable: ['没有状态', 'has no status'],
  unknown: ['状态不明', 'its status is unknown'],
  notYetValid: ['尚未生效', 'not yet valid'],
  valid: ['有效', 'valid'],
  suspended: ['已暂扣', 'suspended'],
  transferred: ['已转出', 'transferred'],
  withdrawn: ['已撤销', 'withdrawn'],
  revoked: ['已吊销', 'revoked'],
  cancelled: ['已注销', 'cancelled'],
  superseded: ['已被替换', 'superseded'],
  expired: ['已过期', 'expired'],
  pendingActivation: ['尚未启用', 'not activated yet'],
  lost: ['已挂失', 'reported lost'],
};

/** Tell whether nobody but the log says who issued it: the policy asks for no signature of this organisation. */
export function isByLogAlone({ steps }: Verdict): boolean {
  return steps.some(({ code }) => code === 'signature.notAsked');
}

/** The facts that a reader, and a court, looks for. spec/verdict §7 */
export function factsOf(verdict: Verdict, words: Words): Fact[] {
  const { say } = words;
  const { issuer, times, statement, status, policy, log, index, leafHash } = verdict;
  const name = issuer?.name && say([issuer.name.zh, issuer.name.en]);
  const { issuerOrgCode } = verdict.claims.public;
  const named = typeof issuerOrgCode === 'string' && issuerOrgCode !== issuer?.org;
  const byLog: Said = ['存证机构', 'the log'];
  const alone = isByLogAlone(verdict) ? say(saidBy(byLog)) : '';
  const time = (text: string | undefined, by: Said): string | undefined =>
    text && `${instant(text, words)}${say(saidBy(by))}`;
  const byIssuer: Said = ['签发机构', 'the issuer'];
  const byValidators: Said = ['验证节点', 'the validators'];
  const byFormer: Said = ['不作凭据,已更换的验证节点', 'former validators; proves nothing'];
  type Row = readonly [name: Said, value: string | undefined];
  // Of what was refuted, only what names the bundle and the measure it was held against.
  const proven: readonly Row[] = [
    [['记录', 'Record'], statement && `${statement.event} · ${statement.profile}`],
    [
      ['签发', 'Issued by'],
      issuer &&
        [name, issuer.org, issuer.system].filter((part) => part !== undefined).join(' · ') + alone,
    ],
    [['证照颁发机构', 'Named as issuing'], named ? canonicalize(issuerOrgCode) : undefined],
    [['发生时间', 'Happened'], time(times.eventTime, byIssuer)],
    [['记录时间', 'Recorded'], time(times.recordedTime, byIssuer)],
    [['受理时间', 'Received'], time(times.receivedTime, byLog)],
    [['其时尚未存证', 'Not on record at'], time(times.loggedAfter, byValidators)],
    [['存证时间', 'On record since'], time(times.anchoredTime, byValidators)],
    [['更早的说法', 'Said to be older'], time(times.formerTime, byFormer)],
    ...verdict.anchors
      .filter(({ covers }) => covers)
      .flatMap((anchor) => anchorFacts(anchor, words)),
  ];
  const facts: readonly Row[] = [
    [['哈希值', 'Hash'], leafHash && groups(formatHex(parseBase64(leafHash)))],
    [['存证位置', 'Place'], log && index !== undefined ? `${log.origin} #${index}` : undefined],
    ...(verdict.outcome === 'refuted' ? [] : proven),
    [
      ['状态', 'Status'],
      status.on === undefined ? undefined : `${say(STATES[status.state])} · ${status.on}`,
    ],
    [
      ['信任策略', 'Trust policy'],
      `${policy.name} · ${policy.date} · ${policy.digest.slice(0, 16)}`,
    ],
  ];
  return facts.flatMap(([title, value]): Fact[] =>
    value === undefined ? [] : [[say(title), clean(value)]],
  );
}

function saidBy([zh, en]: Said): Said {
  return [`(${zh}所称)`, ` (according to ${en})`];
}

function anchorFacts(anchor: VerdictAnchor, words: Words): (readonly [Said, string])[] {
  const { say } = words;
  const { block, txIndex, number, contract, signers, validators, quorum } = anchor;
  const place = txIndex + 1;
  const sealed = say([
    `${validators} 个中 ${signers} 个签封(需 ${quorum} 个)`,
    `${signers} of ${validators} sealed (${quorum} needed)`,
  ]);
  return [
    [
      ['区块高度', 'Block'],
      `${block.number} · ${anchor.chain} (${anchor.chainId}) · ${instant(block.time, words)}`,
    ],
    [['区块哈希', 'Block hash'], `0x ${groups(block.hash.slice(2))}`],
    [
      ['交易位置', 'Transaction'],
      say([
        `区块内第 ${place} 笔 · 锚定序号 ${number} · 合约 ${contract}`,
        `no. ${place} of the block · anchor ${number} · contract ${contract}`,
      ]),
    ],
    [
      ['验证节点', 'Validators'],
      sealed + (anchor.retired ? say([' · 已更换', ' · replaced since']) : ''),
    ],
    [
      ['只增不改', 'Append-only'],
      anchor.checked
        ? say(['合约已核对', 'checked by the contract'])
        : say(['合约只核对增长', 'the contract checks growth only']),
    ],
  ];
}

/** What is shown of the claims, each as JSON so that texts stand in quotes, and the names of what is withheld. */
export function claimsOf({ claims }: Verdict, words: Words, titles: Titles): Fact[] {
  const title = (name: string): string => {
    const known = Object.hasOwn(titles, name) ? titles[name] : undefined;
    return known ? words.say([known.zh, known.en]) : name;
  };
  const facts = Object.entries({ ...claims.public, ...claims.opened }).map(
    ([name, value]): Fact => [clean(title(name)), clean(textOf(value, words))],
  );
  if (claims.withheld.length > 0) {
    const names = claims.withheld
      .map(title)
      .map(clean)
      .join(words.say(['、', ', ']));
    facts.push([words.say(['未出示', 'Withheld']), names]);
  }
  return facts;
}

function textOf(value: JsonValue, words: Words): string {
  if (value === null) return words.say(['(无)', '(none)']);
  return canonicalize(value);
}

/** One step with its code and what it saw. */
export function stepLine({ result, code, facts }: Step, { say }: Words, width: number): string {
  const sign = { pass: '✔', fail: '✘', skip: '-', unknown: '?' }[result];
  const seen = Object.entries(facts)
    .map(([name, value]) => ` ${name}=${typeof value === 'string' ? value : canonicalize(value)}`)
    .join('');
  const start = `${sign} ${say(STEP_TEXTS[code])} [${code}]`;
  return hanging(start, clean(seen), 2, width);
}

/** Digits in groups of four, to be compared by eye. */
function groups(hex: string): string {
  return hex.replace(/....(?!$)/g, '$& ');
}

/** An instant in the reader's offset: `2026-03-12 10:15:10 +08:00`. */
export function instant(text: string, { offset }: Words): string {
  const local = new Date(parseInstant(text) + offset * 60_000).toISOString();
  const [day, clock = ''] = local.split('T'); // a year may have more than four digits
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const size = Math.abs(offset);
  const zone = `${offset < 0 ? '-' : '+'}${two(size / 60)}:${two(size % 60)}`;
  return `${day} ${clock.slice(0, 8)} ${zone}`;
}
