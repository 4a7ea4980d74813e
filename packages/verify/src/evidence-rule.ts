import type { JsonValue } from '@anchorlog/core';
import { read, refuseShape } from './policy-reader.ts';

/** Which evidence suffices. Kinds are not ranks: none stands for another. spec/policy §7 */
export type EvidenceRule =
  | { readonly kind: 'sealed' }
  | { readonly kind: 'witnessed' | 'observed' | 'live'; readonly count: number }
  | { readonly any: readonly EvidenceRule[] }
  | { readonly all: readonly EvidenceRule[] };

export type EvidenceKind = 'sealed' | 'witnessed' | 'observed' | 'live';

/** `unknown`: there is some, and it could not be judged. */
export type EvidenceState = 'met' | 'unknown' | 'absent';

const RULES = 16;
const LEVELS = 4;
const COUNT = 64;
const COUNTED = ['witnessed', 'observed', 'live'] as const;

/** Read an evidence rule. spec/policy §7 */
export function readEvidenceRule(
  value: JsonValue | undefined,
  at: string,
  level: number = LEVELS,
): EvidenceRule {
  if (level === 0) return refuseShape(at, `at most ${LEVELS} levels of rules`);
  const map = read.map(value, at);
  for (const name of ['any', 'all'] as const) {
    if (!Object.hasOwn(map, name)) continue;
    const list = read.object(map, at, { required: [name] })[name];
    const rules = read.array(list, `${at}/${name}`, RULES, (item, itemAt) =>
      readEvidenceRule(item, itemAt, level - 1),
    );
    if (rules.length === 0) return refuseShape(`${at}/${name}`, 'at least one rule');
    return name === 'any' ? { any: rules } : { all: rules };
  }
  if (map['kind'] === 'sealed') {
    read.object(map, at, { required: ['kind'] });
    return { kind: 'sealed' };
  }
  const { kind, count } = read.object(map, at, { required: ['kind'], optional: ['count'] });
  const number = count === undefined ? 1 : read.size(count, `${at}/count`);
  if (number < 1 || number > COUNT) return refuseShape(`${at}/count`, `1 to ${COUNT}`);
  return { kind: read.word(kind, `${at}/kind`, COUNTED), count: number };
}

/** Evaluate a rule over what is known of each kind. spec/policy §7 */
export function evaluateRule(
  rule: EvidenceRule,
  stateOf: (kind: EvidenceKind, count: number) => EvidenceState,
): EvidenceState {
  if ('kind' in rule) return stateOf(rule.kind, 'count' in rule ? rule.count : 1);
  const states = ('any' in rule ? rule.any : rule.all).map((part) => evaluateRule(part, stateOf));
  const met = (state: EvidenceState): boolean => state === 'met';
  if ('any' in rule ? states.some(met) : states.every(met)) return 'met';
  return states.includes('unknown') ? 'unknown' : 'absent';
}
