import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let folder: string | undefined;

/** Give the whole test run one temporary folder. */
export async function setup(): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'anchorlog-test-'));
  await chmod(folder, 0o711); // a database server of the tests runs as another user, where they are run by root
  process.env['TMPDIR'] = folder;
}

/** Remove it with all that tests and killed processes left in it. */
export async function teardown(): Promise<void> {
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
}
