import {
  canonicalize,
  formatHex,
  parseBase64,
  parseInstant,
  type JsonValue,
} from '@anchorlog/core';
import { clean, hanging, type Fact } from './explain-layout.ts';
import { STEP_TEXTS, type Said } from './explain-texts.ts';
import type { Names, StatusState, Step, Verdict, VerdictAnchor } from './verdict.ts';

/** How to say things to one reader. */
export interface Words {
  readonly say: (said: Said) => string;
  /** Minutes from UTC. */
  readonly offset: number;
  /** Titles of the record's kind, its events and its claims; names stand for themselves without it. */
  readonly profile: Titles | undefined;
}

/** What a profile calls things; the profiles of the statement package fit. */
export interface Titles {
  readonly name: string;
  readonly title: Names;
  readonly events: readonly Titled[];
  readonly fields: readonly Titled[];
}

interface Titled {
  readonly name: string;
  readonly title: Names;
}

/** Give what a profile calls an event or a claim; its name where nothing is known of it. */
function titleOf(titles: readonly Titled[] | undefined, name: string, { say }: Words): string {
  const title = titles?.find((each) => each.name === name)?.title;
  return clean(title ? say([title.zh, title.en]) : name);
}

/** Name the event of a record. */
export function eventOf(event: string, words: Words): string {
  return titleOf(words.profile?.events, event, words);
}

/** What the organisation did that is named by a record of this kind: only who makes a license issues it. */
export function doneBy({ statement }: Verdict): { readonly row: Said; readonly by: Said } {
  if (MAKE_LICENSE.test(statement?.event ?? '')) {
    return { row: ['签发', 'Issued by'], by: ['签发', 'issued by'] };
  }
  return REGISTER.test(statement?.profile ?? '')
    ? { row: ['登记', 'Registered by'], by: ['登记', 'registered by'] }
    : { row: ['申报', 'Declared by'], by: ['申报', 'declared by'] };
}

const MAKE_LICENSE = /^license\.(?:issue|change|renew)$/;
const REGISTER = /^(?:(?:license|seal)\.lifecycle|dataasset\.registration)\//;

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
  const byIssuer: Said = ['申报机构', 'the issuer'];
  const byValidators: Said = ['验证节点', 'the validators'];
  const byFormer: Said = ['不作凭据，已更换的验证节点', 'former validators; proves nothing'];
  type Row = readonly [name: Said, value: string | undefined];
  // Of what was refuted, only what names the bundle and the measure it was held against.
  const proven: readonly Row[] = [
    [['记录', 'Record'], statement && recordOf(statement, words)],
    ...filesOf(verdict, words),
    [['存证回执', 'Receipt'], receiptOf(verdict, words)],
    [
      doneBy(verdict).row,
      issuer &&
        [name, issuer.org, issuer.system].filter((part) => part !== undefined).join(' · ') + alone,
    ],
    [['证照颁发机构', 'Named as issuing'], named ? canonicalize(issuerOrgCode) : undefined],
    [['发生时间', 'Happened'], time(times.eventTime, byIssuer)],
    [['记录时间', 'Recorded'], time(times.recordedTime, byIssuer)],
    [['接收时间', 'Received'], time(times.receivedTime, byLog)],
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
    [
      ['杂凑算法', 'Hash suite'],
      log?.suite === 'sm3'
        ? `SM3${say(['（自成一式，无标准之名）', ' (a form without a standard)'])}`
        : undefined,
    ],
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
  return [`（${zh}申报）`, ` (according to ${en})`];
}

/** What the record is, with the names that programs use. */
function recordOf({ event, profile }: NonNullable<Verdict['statement']>, words: Words): string {
  const names = `${event} · ${profile}`;
  const { title } = words.profile ?? {};
  return title ? `${words.say([title.zh, title.en])} · ${eventOf(event, words)} · ${names}` : names;
}

/** That a receipt was left aside, which nobody would miss otherwise: the policy has no key that signed it. */
function receiptOf({ steps }: Verdict, { say }: Words): string | undefined {
  return steps.some(({ code }) => code === 'receipt.keyUnknown')
    ? say(['未核对（没有可信的签名）', 'not checked, no trusted signature'])
    : undefined;
}

/** The files that were handed in and are the record's, or that the record shows some and nobody handed them in. */
function filesOf({ steps }: Verdict, words: Words): (readonly [Said, string])[] {
  if (steps.some(({ code, facts }) => code === 'files.notGiven' && facts['recorded'] !== 0)) {
    return [[FILE, words.say(['未交来，未核对', 'not handed in, not checked'])]];
  }
  const { given, files } = steps.find(({ code }) => code === 'files.match')?.facts ?? {};
  if (!Array.isArray(given) || !Array.isArray(files)) return [];
  return given.map((name, i) => {
    const as = String(files[i]);
    const named = as === String(name) || as === '' ? '' : titleOf(words.profile?.fields, as, words);
    const where = named && words.say([`（${named}）`, ` (${named})`]);
    return [
      FILE,
      `${canonicalize(name as JsonValue)} · ${words.say(['与登记的一致', 'the one on record'])}${where}`, // facts hold JSON only
    ];
  });
}

const FILE: Said = ['文件', 'File'];

function anchorFacts(anchor: VerdictAnchor, words: Words): (readonly [Said, string])[] {
  const { say } = words;
  const { block, txIndex, number, contract, signers, validators, quorum } = anchor;
  const place = txIndex + 1;
  const { chainId } = anchor;
  // A chain without a name of its own is called by its number.
  const chain =
    anchor.chain === `chain ${chainId}`
      ? say([`链 ${chainId}`, anchor.chain])
      : `${anchor.chain} (${chainId})`;
  const sealed = say([
    `${validators} 个中 ${signers} 个签名确认（需 ${quorum} 个）`,
    `${signers} of ${validators} sealed (${quorum} needed)`,
  ]);
  return [
    [['区块高度', 'Block'], `${block.number} · ${chain} · ${instant(block.time, words)}`],
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

/** What is shown of the claims, texts in quotes and digests in groups, the rest as JSON, and the names of what is withheld. */
export function claimsOf({ claims }: Verdict, words: Words): Fact[] {
  const title = (name: string): string => titleOf(words.profile?.fields, name, words);
  const facts = Object.entries({ ...claims.public, ...claims.opened }).map(
    ([name, value]): Fact => [title(name), clean(textOf(value, words))],
  );
  if (claims.withheld.length > 0) {
    const names = claims.withheld.map(title).join(words.say(['、', ', ']));
    facts.push([words.say(['未出示', 'Withheld']), names]);
  }
  return facts;
}

function textOf(value: JsonValue, words: Words): string {
  if (value === null) return words.say(['（无）', '(none)']);
  const items = Array.isArray(value) ? (value as readonly JsonValue[]) : [value]; // narrowed by Array.isArray, which loses the element type
  const digests = items.map((item) => digestOf(item, words));
  return digests.length > 0 && digests.every((text) => text !== undefined)
    ? digests.join(' · ')
    : canonicalize(value);
}

/** A digest or the digest of a file in groups; undefined for anything that is not just that. */
function digestOf(value: JsonValue, { say }: Words): string | undefined {
  const object = (value ?? {}) as { readonly [member: string]: JsonValue | undefined }; // any JSON has members to ask for
  const { alg, salted, value: hex, name, size, sha256, sm3 } = object;
  const members = Object.keys(object).toSorted().join();
  if (members === 'alg,salted,value') {
    if (typeof alg !== 'string' || !DIGESTS.test(alg) || !isHex(hex)) return undefined;
    if (typeof salted !== 'boolean') return undefined;
    return `${alg}${salted ? say(['（加盐）', ' (salted)']) : ''} ${groups(hex)}`;
  }
  if (!/^name,sha256,size(,sm3)?$/.test(members) || typeof name !== 'string') return undefined;
  if (typeof size !== 'number' || !isHex(sha256)) return undefined;
  if (sm3 !== undefined && !isHex(sm3)) return undefined;
  const text = `${canonicalize(name)} ${size} ${say(['字节', 'bytes'])} SHA-256 ${groups(sha256)}`;
  return sm3 === undefined ? text : `${text} SM3 ${groups(sm3)}`;
}

const DIGESTS = /^(?:SM3|SHA-(?:256|384|512))$/;

function isHex(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && /^(?:[0-9a-f]{4}){1,32}$/.test(value);
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
