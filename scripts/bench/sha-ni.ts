import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SOURCE = join(import.meta.dirname, 'sha-ni.c');
/** Which number of nodes side by side is fastest depends on the processor. */
const LANES = [2, 3, 4];

export interface NativeTree {
  /** Processor time, in milliseconds. */
  readonly ms: number;
  /** Hexadecimal. */
  readonly root: string;
}

/** Hash the tree of a row of leaf hashes in C on the processor's SHA instructions; undefined without them or without a compiler. */
export function hashTreeInC(leaves: Uint8Array): NativeTree | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'anchorlog-bench-'));
  try {
    const file = join(folder, 'leaves.bin');
    writeFileSync(file, leaves);
    const runs = LANES.flatMap((lanes) => {
      const program = join(folder, `sha-ni-${lanes}`);
      const flags = ['-O3', '-msha', '-msse4.1', `-DLANES=${lanes}`, '-o', program];
      if (spawnSync('cc', [...flags, SOURCE]).status !== 0) return [];
      const { status, stdout } = spawnSync(program, [file], { encoding: 'utf8' });
      if (status !== 0) return [];
      const [ms = '', root = ''] = stdout.trim().split(' ');
      return [{ ms: Number(ms), root }];
    });
    return runs.toSorted((a, b) => a.ms - b.ms)[0];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
