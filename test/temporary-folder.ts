import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let folder: string | undefined;

/** Give the whole test run one temporary folder. */
export async function setup(): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'anchorlog-test-'));
  process.env['TMPDIR'] = folder;
}

/** Remove it with all that tests and killed processes left in it. */
export async function teardown(): Promise<void> {
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
}
