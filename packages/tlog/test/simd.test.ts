import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { concatBytes, formatBase64, formatHex, parseBase64 } from '@anchorlog/core';
import * as fc from 'fast-check';
import { build } from 'tsup';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NODE_LANES } from '../src/generated/node-lanes.ts';
import { Frontier, MemoryTree, sha256Tree, type TreeHasher } from '../src/index.ts';
import { areAlike, createNodeLanes, sharedNodeLanes } from '../src/node-lanes.ts';
import { nodeTreeHasher, platformTreeHasher } from '../src/node.ts';
import { simdTreeHasher } from '../src/simd.ts';
import { vectorCases, type VectorCase } from './vectors.ts';

const wasm = parseBase64(NODE_LANES);
// Node's type declarations have no WebAssembly.
const { WebAssembly: engine } = globalThis as unknown as {
  readonly WebAssembly: {
    readonly Module: new (bytes: Uint8Array) => object;
    readonly Instance: new (module: object) => {
      readonly exports: {
        readonly memory: { readonly buffer: ArrayBuffer; readonly grow: (pages: number) => void };
      };
    };
  };
};
const platform = platformTreeHasher('sha256');
const hasher = simdTreeHasher();

interface InclusionCase extends VectorCase {
  readonly index: number;
  readonly size: number;
  readonly leafHash: string;
  readonly rootHash: string;
}

const parents = (of: TreeHasher, src: Uint8Array, offset: number, pairs: number): Uint8Array => {
  const dst = new Uint8Array(pairs * 32);
  of.hashNodes(src, offset, dst, 0, pairs);
  return dst;
};

describe('simdTreeHasher', () => {
  test('hashes rows of 0 to 70 pairs as the pure hasher does, from and to any offset', () => {
    const src = new Uint8Array(randomBytes(70 * 64 + 8));
    for (let pairs = 0; pairs <= 70; pairs++) {
      const [from, to] = [pairs % 8, (pairs * 3) % 8];
      const dst = new Uint8Array(8 + 70 * 32).fill(9);
      hasher.hashNodes(src, from, dst, to, pairs);
      const expected = new Uint8Array(8 + 70 * 32).fill(9);
      sha256Tree.hashNodes(src, from, expected, to, pairs);
      expect(dst).toEqual(expected);
    }
  });

  test('hashes random rows as the platform does, longer than the module takes at once too', () => {
    const row = fc.record({
      bytes: fc.uint8Array({ minLength: 64, maxLength: 600 * 64, size: 'max' }),
      offset: fc.nat(63),
    });
    fc.assert(
      fc.property(row, ({ bytes, offset }) => {
        const pairs = Math.floor((bytes.length - offset) / 64);
        expect(parents(hasher, bytes, offset, pairs)).toEqual(
          parents(platform, bytes, offset, pairs),
        );
      }),
      { numRuns: 200 },
    );
  });

  test('still does when the engine has optimized it', () => {
    const src = new Uint8Array(randomBytes(1000 * 64));
    const expected = parents(platform, src, 0, 1000);
    for (let i = 0; i < 200; i++) parents(hasher, src, 0, 1000);
    expect(parents(hasher, src, 0, 1000)).toEqual(expected);
  });

  test('hashes each last byte of a pair, of which the module keeps the schedules', () => {
    const src = new Uint8Array(randomBytes(256 * 64));
    for (let i = 0; i < 256; i++) src[i * 64 + 63] = i;
    expect(parents(hasher, src, 0, 256)).toEqual(parents(sha256Tree, src, 0, 256));
  });

  test('leaves its input as it was', () => {
    const src = new Uint8Array(randomBytes(300 * 64));
    const before = src.slice();
    parents(hasher, src, 0, 300);
    expect(src).toEqual(before);
  });

  test('gives the roots of vectors/merkle, of trees whose leaves all stand there', () => {
    const trees = new Map<string, Map<number, InclusionCase>>();
    for (const one of vectorCases('merkle/inclusion.json') as InclusionCase[]) {
      const key = `${one.size} ${one.rootHash}`;
      if (one.accept) trees.set(key, (trees.get(key) ?? new Map()).set(one.index, one));
    }
    const whole = [...trees.values()].filter((tree) => tree.size === tree.get(0)?.size);
    expect(whole.length).toBeGreaterThanOrEqual(9);
    for (const leaves of whole) {
      const row = Array.from(leaves, (_, index) => parseBase64(leaves.get(index)!.leafHash));
      for (const tree of [new MemoryTree(hasher), new Frontier(hasher)]) {
        tree.append(concatBytes(...row));
        expect(formatBase64(tree.root())).toBe(leaves.get(0)!.rootHash);
      }
    }
  });

  test('leaves other suites to their own hasher', () => {
    const sm3 = nodeTreeHasher('sm3');
    expect(simdTreeHasher(sm3)).toBe(sm3);
  });

  test('does not use lanes that hash otherwise than its base', () => {
    const strange: TreeHasher = {
      ...platform,
      hashNodes: (_src, _from, dst, to, pairs) => void dst.fill(7, to, to + pairs * 32),
    };
    const src = new Uint8Array(64 * 5);
    expect(parents(simdTreeHasher(strange), src, 0, 5)).toEqual(new Uint8Array(5 * 32).fill(7));
  });
});

describe('createNodeLanes', () => {
  test('makes lanes on this platform, once', () => {
    expect(sharedNodeLanes()).toBeDefined();
    expect(sharedNodeLanes()).toBe(sharedNodeLanes());
  });

  test('makes none of bytes that are not a module', () => {
    expect(createNodeLanes(wasm.subarray(0, -1))).toBeUndefined();
    expect(createNodeLanes(new Uint8Array(0))).toBeUndefined();
  });

  test('is small enough for every browser to compile at once, and its memory never grows', () => {
    expect(wasm.length).toBeLessThanOrEqual(4096);
    const { memory } = new engine.Instance(new engine.Module(wasm)).exports;
    expect(memory.buffer.byteLength).toBe(2 * 65_536);
    expect(() => memory.grow(1)).toThrow(RangeError);
  });
});

describe('areAlike', () => {
  test('tells lanes with any one constant wrong', () => {
    const constants = wasm.length - 4 * (64 + 8); // they end the module
    for (let at = constants; at < wasm.length; at += 4) {
      const broken = wasm.slice();
      broken[at] = broken[at]! ^ 1;
      const lanes = createNodeLanes(broken);
      expect(lanes && areAlike(lanes, platform)).toBe(false);
    }
  });

  test('tells lanes that fail in one lane only, at the end of a row, or by throwing', () => {
    const lanes = sharedNodeLanes()!;
    const spoiled = (at: (pairs: number) => number): TreeHasher['hashNodes'] => {
      return (src, from, dst, to, pairs) => {
        lanes(src, from, dst, to, pairs);
        dst[to + at(pairs) * 32] = dst[to + at(pairs) * 32]! ^ 1;
      };
    };
    expect(areAlike(lanes, platform)).toBe(true);
    for (const lane of [0, 1, 2, 3]) {
      expect(
        areAlike(
          spoiled(() => lane),
          platform,
        ),
      ).toBe(false);
    }
    expect(
      areAlike(
        spoiled((pairs) => pairs - 1),
        platform,
      ),
    ).toBe(false);
    const throwing = (): void => {
      throw new Error('trap');
    };
    expect(areAlike(throwing, platform)).toBe(false);
  });
});

describe('simdTreeHasher where engines differ', () => {
  const folder = mkdtempSync(join(tmpdir(), 'simd-'));
  let bundle = '';
  beforeAll(async () => {
    await build({
      config: false,
      entry: [new URL('simd-probe.ts', import.meta.url).pathname],
      outDir: folder,
      format: 'iife',
      globalName: 'probe',
      platform: 'neutral',
      target: 'es2023',
      noExternal: [/./],
      silent: true,
      esbuildOptions: (options) => void (options.conditions = ['@anchorlog/source']),
    });
    bundle = readFileSync(join(folder, 'simd-probe.global.js'), 'utf8');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const expected = new MemoryTree(platform);
  for (let i = 0; i < 10; i++) expected.append(new Uint8Array(100 * 32).fill(i));
  const root = formatHex(expected.root());
  /** Rows that the self-test hashes with the base. */
  const tested = 6;

  interface Probed {
    readonly root: string;
    readonly rowsOfBase: number;
  }
  const inContext = (wasmAllowed: boolean): Probed => {
    const globals = createContext(
      { TextEncoder, TextDecoder },
      { codeGeneration: { strings: false, wasm: wasmAllowed } },
    );
    return JSON.parse(runInContext(`${bundle}; probe.probed`, globals) as string) as Probed;
  };
  const inNode = (flag: string): Probed => {
    const script = `${bundle}; console.log(probe.probed)`;
    const text = execFileSync(process.execPath, [flag, '-e', script], { encoding: 'utf8' });
    return JSON.parse(text) as Probed;
  };

  test('uses lanes without anything of Node', () => {
    expect(inContext(true)).toEqual({ root, rowsOfBase: tested });
  });

  test('does without where a policy forbids WebAssembly', () => {
    const probed = inContext(false);
    expect(probed.root).toBe(root);
    expect(probed.rowsOfBase).toBeGreaterThan(tested);
  });

  test.skipIf(process.arch !== 'x64')('does without where there are no vectors', () => {
    const probed = inNode('--no-enable-sse4-1');
    expect(probed.root).toBe(root);
    expect(probed.rowsOfBase).toBeGreaterThan(tested);
  });

  test('does without where there is no WebAssembly', () => {
    const probed = inNode('--jitless');
    expect(probed.root).toBe(root);
    expect(probed.rowsOfBase).toBeGreaterThan(tested);
  });
});
