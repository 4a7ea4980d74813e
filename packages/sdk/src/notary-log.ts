import type { Log } from '@anchorlog/log';

/** A notary's log, for reading. What writes, publishes or closes it is the notary's alone: what came past it would have nothing in the vault. */
export type NotaryLog = Omit<
  Log,
  'append' | 'appendBatch' | 'publish' | 'close' | typeof Symbol.asyncDispose
>;

/** Give a view of a log that reads only. */
export function readOnly(log: Log): NotaryLog {
  return Object.freeze({
    origin: log.origin,
    suite: log.suite,
    get size(): number {
      return log.size;
    },
    receipt: (index) => log.receipt(index),
    find: (address) => log.find(address),
    entry: (index) => log.entry(index),
    entries: (range) => log.entries(range),
    head: (size) => log.head(size),
    proveInclusion: (of) => log.proveInclusion(of),
    proveConsistency: (of) => log.proveConsistency(of),
    checkpoint: (size) => log.checkpoint(size),
    checkpointCovering: (index) => log.checkpointCovering(index),
  } satisfies NotaryLog);
}
