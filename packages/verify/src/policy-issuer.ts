import { isEd25519PublicKey, type JsonValue, type VerifyingKey } from '@anchorlog/core';
import { keyId } from '@anchorlog/statement';
import { ORG, ORIGIN, TITLE, instantOf, read, refuse, type Once } from './policy-reader.ts';
import type { Names } from './verdict.ts';

/** Printable ASCII: two that look alike are alike. */
const USER_ID = /^[ -~]{1,255}$/;
const KEY_ID = /^[A-Za-z0-9_-]{43}$/;

/** An organisation that issues statements. spec/policy §4 */
export interface PolicyIssuer {
  readonly org: string;
  readonly name?: Names | undefined;
  /** If there is one, every statement of this organisation must be signed by one of them. */
  readonly keys: readonly IssuerKey[];
}

export interface IssuerKey extends VerifyingKey {
  /** base64url(SHA-256(SPKI)) */
  readonly keyId: string;
  /** Milliseconds since 1970, judged at the anchored time. */
  readonly from?: number | undefined;
  readonly until?: number | undefined;
  /** The key is in other hands: in each of these logs from that entry on, in every other log from the first. */
  readonly badFrom?: readonly { readonly log: string; readonly size: number }[] | undefined;
}

/**
 * Tell whether a key was in other hands at entry `index` of `log`. Whoever holds a stolen key uses it where they like: what the policy does
 * not name, it does not vouch for. spec/policy §4
 */
export function isKeyBad({ badFrom }: IssuerKey, log: string, index: number): boolean {
  return badFrom !== undefined && !badFrom.some((good) => good.log === log && index < good.size);
}

/** When and where an entry came to exist, as far as anchors tell. Times in milliseconds since 1970. */
export interface Existence {
  readonly index: number;
  /** It existed no later, by validators in office. */
  readonly anchored?: number | undefined;
  /** The same by former validators, who prove nothing any more: they may have said so afterwards. */
  readonly former?: number | undefined;
  /** Some anchor that covers the entry could not be judged: the entry may be older than `anchored`. */
  readonly open: boolean;
  readonly now: number;
}

/** What a key is worth for an entry; `unknown` where nothing says whether the entry is as old as the key. */
export type KeyWorth = 'counts' | 'early' | 'retired' | 'compromised' | 'unknown';

/** Judge a key by the anchored time: the issuer's own clock is set by whoever holds the key. spec/policy §4, spec/verdict §4.4 */
export function judgeKey(key: IssuerKey, log: string, existence: Existence): KeyWorth {
  const { from = -Infinity, until = Infinity } = key;
  const { index, anchored, former = Infinity, open, now } = existence;
  if (isKeyBad(key, log, index)) return 'compromised';
  const existed = anchored ?? now;
  if (existed < from) return 'early';
  if (existed <= until) return 'counts';
  const mayBeOlder = anchored === undefined || open || former <= until;
  return mayBeOlder ? 'unknown' : 'retired';
}

/** Read an organisation and its keys. spec/policy §4 */
export function readIssuer(value: JsonValue, at: string, once: Once): PolicyIssuer {
  const issuer = read.object(value, at, { required: ['org', 'keys'], optional: ['name'] });
  const org = read.string(issuer['org'], `${at}/org`, ORG);
  once.add(`organisation ${org}`, `${at}/org`);
  const keys = read.array(issuer['keys'], `${at}/keys`, 256, (key, keyAt) =>
    readIssuerKey(key, keyAt, once),
  );
  if (issuer['name'] === undefined) return { org, keys };
  const { zh, en } = read.object(issuer['name'], `${at}/name`, { required: ['zh', 'en'] });
  const title = (text: JsonValue | undefined, language: string): string =>
    read.string(text, `${at}/name/${language}`, TITLE);
  return { org, name: { zh: title(zh, 'zh'), en: title(en, 'en') }, keys };
}

function readIssuerKey(value: JsonValue, at: string, once: Once): IssuerKey {
  const alg = read.word(read.map(value, at)['alg'], `${at}/alg`, ['Ed25519', 'ES256', 'SM2']);
  const isSm2 = alg === 'SM2';
  const key = read.object(value, at, {
    required: ['keyId', 'alg', 'publicKey', ...(isSm2 ? ['userId'] : [])],
    optional: ['from', 'until', 'badFrom'],
  });
  const isEdwards = alg === 'Ed25519';
  const publicKey = read.base64(key['publicKey'], `${at}/publicKey`, isEdwards ? 32 : 65);
  const id = read.string(key['keyId'], `${at}/keyId`, KEY_ID);
  // Points of the other curves are checked by who brings their arithmetic: here there is none.
  const isSound = isEdwards ? isEd25519PublicKey(publicKey) : publicKey[0] === 4;
  if (!isSound || keyId(publicKey, alg) !== id) {
    throw refuse('VERIFY_POLICY_KEY', at, 'a sound public key and its own id');
  }
  const userId = isSm2 ? read.string(key['userId'], `${at}/userId`, USER_ID) : undefined;
  once.addKey(publicKey, `${at}/publicKey`);
  const instant = (member: 'from' | 'until'): number | undefined =>
    key[member] === undefined
      ? undefined
      : instantOf(read.string(key[member], `${at}/${member}`), `${at}/${member}`);
  const [from, until] = [instant('from'), instant('until')];
  if (from !== undefined && until !== undefined && until < from) {
    throw refuse('VERIFY_POLICY_RANGE', at, 'until not before from');
  }
  const readBad = (item: JsonValue, itemAt: string): { log: string; size: number } => {
    const { log, size } = read.object(item, itemAt, { required: ['log', 'size'] });
    const origin = read.string(log, `${itemAt}/log`, ORIGIN);
    once.add(`${id} ${origin}`, `${itemAt}/log`);
    return { log: origin, size: read.size(size, `${itemAt}/size`) };
  };
  const badFrom =
    key['badFrom'] === undefined
      ? undefined
      : read.array(key['badFrom'], `${at}/badFrom`, 1024, readBad);
  return { keyId: id, alg, publicKey, userId, from, until, badFrom };
}
