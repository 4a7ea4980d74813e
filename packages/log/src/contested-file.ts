import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { equalBytes } from '@anchorlog/core';
import { hasCode, isAbsent, syncFolder, writeNew } from './durable-file.ts';

/** Who holds the turn does no more than read a small file and rename one: after so many milliseconds without a change he is gone. */
const TURN_MS = 1000;
const RETRY_MS = 2;
const MAX_BYTES = 4096;
/** Names of what a killed writer leaves beside the file, of this form and of the one before. */
const LEFTOVER = /^\.(?:[0-9a-f]{16}|[0-9]+-[0-9a-f]{8})\.new$/;

/**
 * Replace a small file that several processes write, if it holds exactly `expected` (undefined: if there is none): compare and set, in one
 * step that no pause and no crash can part (spec/log §11.1). Durable, and read back, when it gives true. `next` must never have stood there.
 * With false nothing was changed, or somebody has replaced it again already.
 */
export async function exchangeFile(
  path: string,
  of: { readonly expected: Uint8Array | undefined; readonly next: Uint8Array },
): Promise<boolean> {
  for (;;) {
    const isDone = await attempt(path, of);
    if (isDone !== undefined) return isDone;
  }
}

/**
 * A turn is a folder `<path>.lock` that is not empty: a folder cannot be renamed to the name of one that is not. In it stands the new file, under
 * a name of its own. It gets its place by being renamed out of there, which ends the turn, and which fails when somebody has taken the
 * turn away by removing that very file. So a turn may be taken from anybody at any time, and costs him no more than another attempt.
 */
async function attempt(
  path: string,
  { expected, next }: { readonly expected: Uint8Array | undefined; readonly next: Uint8Array },
): Promise<boolean | undefined> {
  const name = randomBytes(8).toString('hex');
  const [own, turn] = [`${path}.${name}.new`, `${path}.lock`];
  await mkdir(own, { mode: 0o700 });
  let isInPlace = false;
  try {
    await writeNew(join(own, name), next, 0o600);
    await takeTurn(own, turn);
    const found = await readPlainFile(path, MAX_BYTES);
    if (!isSame(found, expected)) return false;
    await rename(join(turn, name), path);
    isInPlace = true;
  } catch (error) {
    // The turn was taken away, or somebody who began to write the file has swept away what he found beside it.
    if (!isAbsent(error)) throw error;
    return undefined;
  } finally {
    if (!isInPlace) {
      await rm(own, { recursive: true, force: true });
      await rm(join(turn, name), { force: true });
    }
    await rmdir(turn).catch(() => undefined); // somebody else's turn, or none
  }
  await syncFolder(dirname(path));
  return isSame(await readPlainFile(path, MAX_BYTES), next);
}

async function takeTurn(own: string, turn: string): Promise<void> {
  let [seen, since]: [string | undefined, number] = [undefined, 0];
  for (;;) {
    try {
      return await rename(own, turn);
    } catch (error) {
      if (!isOccupied(error)) throw error;
    }
    const holder = await holderOf(turn);
    if (holder !== seen) [seen, since] = [holder, performance.now()];
    else if (holder !== undefined && performance.now() - since > TURN_MS) {
      // Killed or paused: should he come back, his file is not there any more.
      await rm(join(turn, holder), { force: true });
    }
    await delay(RETRY_MS);
  }
}

async function holderOf(turn: string): Promise<string | undefined> {
  try {
    return (await readdir(turn))[0];
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** Remove what writers that were killed have left beside the file. It does no harm to those who are alive. */
export async function sweepBeside(path: string): Promise<void> {
  const [folder, name] = [dirname(path), basename(path)];
  for (const each of await readdir(folder)) {
    if (each.startsWith(name) && LEFTOVER.test(each.slice(name.length))) {
      await rm(join(folder, each), { recursive: true, force: true });
    }
  }
}

/**
 * Read a small file; undefined if there is none. Neither a link is followed, since replacing it would part those who come by other ways,
 * nor a pipe waited for. @throws TypeError when it is not a plain file of at most `maxBytes`
 */
export async function readPlainFile(
  path: string,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  let file;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    if (!hasCode(error, 'ELOOP')) throw error;
    throw new TypeError('expected a plain file, got a link', { cause: error });
  }
  try {
    const bytes = Buffer.alloc(maxBytes + 1);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0).catch((cause: unknown) => {
      throw new TypeError('expected a plain file', { cause });
    });
    if (bytesRead > maxBytes) throw new TypeError(`expected at most ${maxBytes} bytes`);
    return new Uint8Array(bytes.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

function isSame(found: Uint8Array | undefined, expected: Uint8Array | undefined): boolean {
  return found && expected ? equalBytes(found, expected) : found === expected;
}

/** A folder that is not empty is in the place of another. */
function isOccupied(error: unknown): boolean {
  return hasCode(error, 'ENOTEMPTY') || hasCode(error, 'EEXIST');
}
