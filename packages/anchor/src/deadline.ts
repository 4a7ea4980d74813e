import { anchorError } from './error.ts';

/**
 * Do something that heeds its signal, for so many milliseconds at most.
 * @throws ANCHOR_RPC_TIMEOUT when they are over, the reason of `signal` when it aborts
 */
export async function within<T>(
  ms: number,
  signal: AbortSignal | undefined,
  work: (until: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = AbortSignal.timeout(ms);
  try {
    return await work(signal ? AbortSignal.any([signal, deadline]) : deadline);
  } catch (cause) {
    signal?.throwIfAborted();
    if (!deadline.aborted) throw cause;
    throw anchorError(
      'ANCHOR_RPC_TIMEOUT',
      `not done within ${ms} ms`,
      { deadlineMs: ms },
      { cause },
    );
  }
}
