import type { JsonObject } from '@anchorlog/core';
import { nodeEd25519, nodeSha256 } from '@anchorlog/core/node';
import { parseTrustPolicy, verifyBundle, type VerifyOptions } from '@anchorlog/verify';
import { base64 } from '../../vectors/generate/bundle-world.ts';
import {
  INDEX,
  NOW,
  blocks,
  chain,
  license,
  log,
  policyOf,
} from '../../vectors/generate/bundle-cases.ts';
import { quantile, timed, type BenchRow } from './row.ts';

const SIZE = 1_000_000;
const ANCHORED = 1_000_700;
const RUNS = 400;

/** Measure the verification of one bundle, from its text to the verdict: signed statement, four disclosures, a log of a million entries. */
export async function benchVerify(): Promise<BenchRow[]> {
  const policy = parseTrustPolicy(policyOf());
  const bare = bundle([]);
  const sealed = bundle([
    log.anchor(ANCHORED, SIZE, [chain.evidence({ ...blocks.first, size: ANCHORED })]),
  ]);
  const now = new Date(NOW);
  const node = { hash: nodeSha256, ed25519: nodeEd25519 };
  const measure = (text: string, outcome: string, options: VerifyOptions): number => {
    const samples: number[] = [];
    for (let i = 0; i < RUNS; i++) {
      samples.push(
        timed(() => {
          const verdict = verifyBundle(text, policy, options);
          if (verdict.outcome !== outcome) throw new Error(`the bundle is ${verdict.outcome}`);
        }),
      );
    }
    return quantile(samples, 0.5);
  };
  // Without an anchor the verdict says that one is missing; everything else is checked all the same.
  const pure = measure(bare, 'unknown', { now });
  const native = measure(bare, 'unknown', { now, crypto: node });
  const chained = measure(sealed, 'verified', { now });
  const chainedNative = measure(sealed, 'verified', { now, crypto: node });
  return [
    row('verify a bundle, pure JavaScript, no chain evidence', pure, 4),
    row('verify a bundle, Node’s own cryptography, no chain evidence', native, 0.5, pure),
    row('verify a bundle, pure JavaScript, 3 seals of 4 validators', chained, 15),
    row(
      'verify a bundle, Node’s own cryptography, 3 seals of 4 validators',
      chainedNative,
      15,
      chained,
    ),
  ];
}

function row(name: string, value: number, goal: number, pure?: number): BenchRow {
  return {
    name,
    value,
    unit: 'ms',
    against: pure === undefined ? '' : `pure JavaScript ${pure.toPrecision(3)} ms`,
    ratio: pure === undefined ? undefined : pure / value,
    goal: `≤ ${goal} ms`,
    met: value <= goal,
  };
}

function bundle(anchors: readonly JsonObject[]): string {
  const open = ['/holderName', '/holderCode', '/files', '/certificateNumber'];
  return JSON.stringify({
    format: 'anchorlog/bundle/1',
    entry: base64(license.entry),
    disclosures: open.map((path) => base64(license.disclosures.get(path)!)),
    inclusion: { index: INDEX, hashes: log.path(INDEX, SIZE).map(base64) },
    checkpoint: log.checkpoint(SIZE),
    anchors,
  });
}

if (process.argv[1] === import.meta.filename) console.log(await benchVerify());
