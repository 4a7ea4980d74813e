import { describe, expect, test } from 'vitest';
import { evaluateRule, type EvidenceRule, type EvidenceState } from '../src/evidence-rule.ts';
import { blocks, bundleOf, chain, codesOf, judge, log, policyOf } from './world.ts';

const STATES: readonly EvidenceState[] = ['met', 'unknown', 'absent'];

describe('evaluateRule', () => {
  test('any and all over two kinds', () => {
    const table = STATES.flatMap((sealed) =>
      STATES.map((live) => {
        const stateOf = (kind: string): EvidenceState => (kind === 'sealed' ? sealed : live);
        const two: readonly EvidenceRule[] = [{ kind: 'sealed' }, { kind: 'live', count: 1 }];
        const both = [evaluateRule({ any: two }, stateOf), evaluateRule({ all: two }, stateOf)];
        return `${sealed} ${live}: ${both.join(' ')}`;
      }),
    );
    expect(table).toEqual([
      'met met: met met',
      'met unknown: met unknown',
      'met absent: met absent',
      'unknown met: met unknown',
      'unknown unknown: unknown unknown',
      'unknown absent: unknown unknown',
      'absent met: met absent',
      'absent unknown: unknown unknown',
      'absent absent: absent absent',
    ]);
  });
});

describe('the evidence rule of a policy', () => {
  const witnessed = { kind: 'witnessed', count: 2 };
  const evidence = [chain.evidence(blocks.first), { kind: 'witnessed', cosignatures: [] }];
  const both = { ...bundleOf(), anchors: [log.anchor(12, 7, evidence)] };

  test.for([
    [{ any: [{ kind: 'sealed' }, witnessed] }, bundleOf(), 'evidence.met'],
    [{ all: [{ kind: 'sealed' }, witnessed] }, bundleOf(), 'evidence.absent'],
    [{ all: [{ kind: 'sealed' }, witnessed] }, both, 'evidence.undecided'],
    [{ any: [{ kind: 'observed' }, { all: [{ kind: 'sealed' }] }] }, both, 'evidence.met'],
    [witnessed, bundleOf(), 'evidence.absent'],
    [witnessed, both, 'evidence.undecided'],
    [{ kind: 'live' }, bundleOf(), 'evidence.undecided'],
  ] as const)('%j', ([rule, bundle, code]) => {
    const verdict = judge(bundle, { policy: policyOf({ evidence: rule }) });
    expect(codesOf(verdict)).toContain(code);
    expect(verdict.outcome).toBe(code === 'evidence.met' ? 'verified' : 'unknown');
  });
});
