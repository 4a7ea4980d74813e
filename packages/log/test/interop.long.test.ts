import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { formatBase64 } from '@anchorlog/core';
import { formatVerifierKey } from '@anchorlog/tlog';
import { describe, expect, test } from 'vitest';
import { httpTiles, openPublishedLog } from '../src/index.ts';
import { CHECKPOINT_KEY, ORIGIN, makePlace, statementOf } from './support/fixture.ts';
import { buildInterop } from './support/go.ts';
import { serveFolder } from './support/web-server.ts';

const program = buildInterop();

/** What scripts/interop prints. */
interface Report {
  readonly size: number;
  readonly rootHash: string;
  readonly entries: number;
  readonly digest: string;
  readonly inclusion: Readonly<Record<string, readonly string[]>>;
  readonly consistency: Readonly<Record<string, readonly string[] | null>>;
}

describe.runIf(program !== undefined)('a published log', () => {
  // Three levels of tiles, and one that has just become full on two of them.
  test.each([1, 300, 65_536, 66_001])(
    'of %i entries is read by torchwood and Tessera, which prove what this project proves',
    async (size) => {
      await using place = await makePlace();
      await using log = await place.open({ partials: { keepMs: 0, everyMs: 0 } });
      for (let from = 1; from < size; from += 1000) {
        const count = Math.min(1000, size - from);
        await log.appendBatch(Array.from({ length: count }, (_, i) => statementOf(from + i)));
        if (from % 10_000 === 1) await log.publish();
      }
      const checkpoint = await log.publish();
      expect(checkpoint.size).toBe(size);
      await using server = await serveFolder(place.tiles);

      const indexes = [0, 1, 255, 256, 299, 511, 40_000, 65_535, 65_536, 66_000].filter(
        (i) => i < size,
      );
      const given = [server.url, formatVerifierKey(CHECKPOINT_KEY), ORIGIN, indexes.join(',')];
      const { stdout } = await promisify(execFile)(program!, given, { maxBuffer: 2 ** 24 });
      const report = JSON.parse(stdout) as Report;

      expect(report).toMatchObject({
        size,
        rootHash: formatBase64(checkpoint.rootHash),
        entries: size,
      });
      const source = httpTiles(server.url);
      const reader = await openPublishedLog({ source, origin: ORIGIN, key: CHECKPOINT_KEY });
      const digest = createHash('sha256');
      for await (const entry of reader.entries()) digest.update(`${entry.length}\n`).update(entry);
      expect(report.digest).toBe(digest.digest('hex'));
      for (const index of indexes) {
        for (const prover of [log, reader]) {
          const inclusion = await prover.proveInclusion({ index });
          expect(report.inclusion[index]).toEqual(inclusion.map(formatBase64));
          const consistency = await prover.proveConsistency({ olderSize: index + 1 });
          expect(report.consistency[index] ?? []).toEqual(consistency.map(formatBase64));
        }
      }
    },
  );
});
