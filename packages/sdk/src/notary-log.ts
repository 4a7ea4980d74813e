import type { Log, LogIndex } from '@anchorlog/log';

/** A notary's log, for reading. What writes, publishes or closes it is the notary's alone: what came past it would have nothing in the vault. */
export type NotaryLog = Omit<
  Log,
  'append' | 'appendBatch' | 'publish' | 'close' | 'index' | typeof Symbol.asyncDispose
> & {
  /** What the verifiable index proves; undefined in a log without one. */
  readonly index: Omit<LogIndex, 'keep'> | undefined;
};

/** Give a view of a log that reads only. */
export function readOnly(log: Log): NotaryLog {
  return Object.freeze({
    index: log.index && readOnlyIndex(log.index),
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

function readOnlyIndex(index: LogIndex): NotaryLog['index'] {
  return Object.freeze({
    get heads(): readonly number[] {
      return index.heads;
    },
    prove: (of) => index.prove(of),
    count: (path, size) => index.count(path, size),
    openings: (range) => index.openings(range),
  } satisfies NotaryLog['index']);
}
