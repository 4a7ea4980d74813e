import type { TreeHead } from '@anchorlog/tlog';

/**
 * A high-water mark outside the store: the newest head of which receipts may have gone out. Start-up refuses a store that is behind it
 * (spec/log §11). `write` must be durable when it resolves; it is called with growing sizes, one call at a time.
 */
export interface Guard {
  /** Give the head last written, undefined if none ever was. @throws LOG_GUARD_MALFORMED */
  read(): Promise<TreeHead | undefined>;
  write(head: TreeHead): Promise<void>;
}

/** Keep the guard in a file: best on another volume than the store, never in its folder. */
export function fileGuard(_path: string): Guard {
  throw new Error('not built yet');
}

/**
 * Give a guard that was lost, or never was, the newest head that somebody outside this machine holds: the chain, a mirror, a witness, a
 * submitter's receipt. It replaces nothing and skips no check: the log still refuses a store that does not hold this head.
 * @throws LOG_GUARD_EXISTS
 */
export async function adoptGuard(_guard: Guard, _head: TreeHead): Promise<void> {
  throw new Error('not built yet');
}
