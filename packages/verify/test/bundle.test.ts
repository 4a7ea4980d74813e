import { describe, expect, test } from 'vitest';
import { formatBundle, parseBundle, type Bundle } from '../src/index.ts';
import { changed, fullBundle, judge, refusal } from './world.ts';

type Loose = Record<string, never>;
const full = fullBundle();
const parsed = parseBundle(full);

describe('formatBundle', () => {
  test('gives text that parses to the same bundle, whatever form it came in', () => {
    const text = formatBundle(parsed);
    for (const input of [text, new TextEncoder().encode(text), JSON.parse(text), parsed]) {
      expect(parseBundle(input)).toEqual(parsed);
    }
    expect(JSON.parse(text)).toEqual(full);
    expect(formatBundle(parseBundle(text))).toBe(text);
    expect(text.endsWith('}\n')).toBe(true);
  });

  test('keeps what this version does not judge', () => {
    const odd = changed<Loose>(full, (copy) => {
      Object.assign(copy, { status: { anything: [1, { a: null }] } });
      Object.assign((copy['anchors']! as Loose[])[0]!, {
        evidence: [{ kind: 'witnessed', cosignatures: ['…'] }],
      });
    });
    expect(JSON.parse(formatBundle(parseBundle(odd)))).toEqual(odd);
  });
});

describe('parseBundle', () => {
  test('refuses other versions apart from malformed files', () => {
    const withFormat = (format: unknown): string => refusal(() => parseBundle({ ...full, format }));
    expect(withFormat('anchorlog/bundle/2')).toBe('VERIFY_BUNDLE_VERSION');
    expect(withFormat('anchorlog/bundle/10')).toBe('VERIFY_BUNDLE_VERSION');
    expect(refusal(() => parseBundle({ format: 'anchorlog/bundle/7', new: true }))).toBe(
      'VERIFY_BUNDLE_VERSION',
    );
    for (const format of ['anchorlog/bundle/01', 'anchorlog/bundle/0', 'bundle/1', 1, null]) {
      expect(withFormat(format)).toBe('VERIFY_BUNDLE_MALFORMED');
    }
  });

  test.for([
    ['nothing', undefined],
    ['null', null],
    ['a number', 1],
    ['an array', []],
    ['a function', () => full],
    ['empty bytes', new Uint8Array()],
    ['bytes that are not UTF-8', Uint8Array.of(0xff)],
    ['text of an array', '[]'],
    ['a map', new Map(Object.entries(full))],
    ['a parsed bundle without members', { entry: new Uint8Array(1) }],
    ['a parsed bundle of wrong members', { ...parsed, disclosures: 7 }],
    ['a parsed bundle with a fraction', { ...parsed, inclusion: { index: 0.5, hashes: [] } }],
    ['a status that is no JSON', { ...full, status: { at: new Date(0) } }],
    ['a status of a function', { ...full, status: { at: () => 1 } }],
    ['a status that is an array', { ...full, status: [] }],
    ['a status with a fraction', { ...full, status: { at: 0.5 } }],
    ['an index of minus zero', { ...full, inclusion: { index: -0, hashes: [] } }],
  ] as const)('refuses %s', ([, input]) => {
    expect(refusal(() => parseBundle(input))).toBe('VERIFY_BUNDLE_MALFORMED');
    expect(judge(input).outcome).toBe('refuted');
  });

  test('refuses arrays with holes, and few objects that stand for very many', () => {
    const holes = { ...parsed, anchors: Array(3) };
    expect(judge(holes)).toMatchObject({ outcome: 'refuted', reason: 'bundle.malformed' });
    let many: unknown = [];
    for (let i = 0; i < 30; i++) many = [many, many];
    for (const status of [{ many }, { deep: JSON.parse(`${'['.repeat(31)}${']'.repeat(31)}`) }]) {
      expect(judge({ ...full, status })).toMatchObject({
        outcome: 'refuted',
        reason: 'bundle.malformed',
      });
    }
    expect(judge({ ...parsed, status: { many } }).reason).toBe('bundle.malformed');
    const inherits = Object.assign(Object.create({ receipt: full.receipt }) as object, {
      ...full,
      receipt: undefined,
    });
    Reflect.deleteProperty(inherits, 'receipt');
    expect(judge(inherits).reason).toBe('bundle.malformed');
  });

  test('refuses an object that throws when looked at', () => {
    const trap = new Proxy(
      {},
      {
        get: () => {
          throw new Error('trap');
        },
        has: () => {
          throw new Error('trap');
        },
      },
    );
    expect(refusal(() => parseBundle(trap))).toBe('VERIFY_BUNDLE_MALFORMED');
    expect(judge(trap).reason).toBe('bundle.malformed');
    const cycle: Record<string, unknown> = { ...full };
    cycle['status'] = { cycle };
    expect(judge(cycle).reason).toBe('bundle.malformed');
  });

  test.for([
    ['entry', { entry: new Uint8Array(65_536) }],
    ['entry of nothing', { entry: new Uint8Array(0) }],
    ['disclosures', { disclosures: Array.from({ length: 513 }, () => new Uint8Array(1)) }],
    ['disclosure', { disclosures: [new Uint8Array(1_048_577)] }],
    ['inclusion', { inclusion: { index: 0, hashes: hashes(65) } }],
    ['checkpoint', { checkpoint: 'x'.repeat(65_537) }],
    ['anchors', { anchors: Array.from({ length: 17 }, () => parsed.anchors[0]!) }],
    ['consistency', { anchors: [{ ...parsed.anchors[0]!, consistency: hashes(129) }] }],
    [
      'evidence',
      {
        anchors: [
          {
            ...parsed.anchors[0]!,
            evidence: Array.from({ length: 9 }, () => parsed.anchors[0]!.evidence[0]!),
          },
        ],
      },
    ],
    [
      'evidence of all anchors together',
      {
        anchors: Array.from({ length: 5 }, (_, i) => ({
          ...parsed.anchors[0]!,
          evidence: Array.from({ length: i < 4 ? 8 : 1 }, () => parsed.anchors[0]!.evidence[0]!),
        })),
      },
    ],
    [
      'head of nothing',
      { anchors: [{ ...parsed.anchors[0]!, head: { ...parsed.anchors[0]!.head, size: 0 } }] },
    ],
    ['receipt', { receipt: { note: '', hashes: hashes(65) } }],
  ] as const)('holds the limit of %s', ([, members]) => {
    const large = { ...parsed, ...members } as Bundle;
    expect(refusal(() => parseBundle(large))).toBe('VERIFY_BUNDLE_MALFORMED');
  });
});

test('32 items of evidence are not too many', () => {
  const [anchor] = parsed.anchors;
  const evidence = Array.from({ length: 8 }, () => anchor!.evidence[0]!);
  const anchors = Array.from({ length: 4 }, () => ({ ...anchor!, evidence }));
  expect(parseBundle({ ...parsed, anchors }).anchors).toEqual(anchors);
});

function hashes(count: number): Uint8Array[] {
  return Array.from({ length: count }, () => new Uint8Array(32));
}
