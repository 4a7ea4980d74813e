import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatUtf8 } from '@anchorlog/core';
import { nodeEd25519Signer } from '@anchorlog/core/node';
import {
  directoryTiles,
  httpTiles,
  openPublishedLog,
  type PublishedFile,
  type PublishedLog,
  type TileSource,
} from '@anchorlog/log';
import {
  MemoryTree,
  TILE_WIDTH,
  formatCheckpoint,
  noteSigner,
  signNote,
  tilePath,
  tilesOf,
  verifyInclusion,
} from '@anchorlog/tlog';
import { nodeTreeHasher } from '@anchorlog/tlog/node';
import { quantile, timed, type BenchRow } from './row.ts';

const ORIGIN = 'bench.example.gov/tiles';
const SIGNER = noteSigner({
  name: ORIGIN,
  signer: nodeEd25519Signer(new Uint8Array(32).fill(11)),
});
const hasher = nodeTreeHasher();

/**
 * Measure proofs from published tiles of `leaves` leaves, each tile verified: from a folder and from a web server in this process, with tiles that
 * have to be read and with tiles in memory. Takes about 20 seconds for a million.
 */
export async function benchTiles({
  leaves = 1_000_000,
  samples = 5000,
}: { readonly leaves?: number; readonly samples?: number } = {}): Promise<BenchRow[]> {
  const dir = await mkdtemp(join(tmpdir(), 'anchorlog-bench-'));
  const server = createServer((request, response) => {
    const file = createReadStream(join(dir, request.url ?? ''));
    file.once('error', () => response.writeHead(404).end());
    file.pipe(response);
  });
  try {
    const tree = await publish(dir, leaves);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo; // of a TCP server
    const places: [string, TileSource][] = [
      ['folder', directoryTiles(dir)],
      ['web server', httpTiles(`http://127.0.0.1:${port}`)],
    ];
    const rows: BenchRow[] = [];
    for (const [place, source] of places) {
      // No tile stays in memory but those of the edge: three have to be read and verified for each proof.
      const cold = await open(source, 0);
      const read = await proofTimes(cold, tree, Math.min(samples, 1000));
      // All of them fit.
      const warm = await open(source, 2 ** 26);
      await warmUp(warm, leaves);
      const kept = await proofTimes(warm, tree, samples);
      const what = `proof from tiles of ${leaves.toLocaleString('en')} leaves, ${place}`;
      rows.push(
        reported(`${what}, nothing in memory, p50`, quantile(read.proofs, 0.5)),
        reported(`${what}, nothing in memory, p99`, quantile(read.proofs, 0.99)),
        reported(`${what}, tiles in memory, p50`, quantile(kept.proofs, 0.5)),
        held(`${what}, tiles in memory, p99`, kept),
      );
    }
    return rows;
  } finally {
    await close(server);
    await rm(dir, { recursive: true, force: true });
  }
}

async function publish(dir: string, leaves: number): Promise<MemoryTree> {
  const hashes = Buffer.alloc(leaves * 32);
  for (let i = 0; i < leaves; i++) {
    createHash('sha256')
      .update(String(i))
      .digest()
      .copy(hashes, i * 32);
  }
  const tree = new MemoryTree(hasher);
  tree.append(hashes);
  const sink = directoryTiles(dir);
  let files: PublishedFile[] = [];
  for (const tile of tilesOf(leaves)) {
    const nodes = Array.from({ length: tile.width }, (_, i) =>
      tree.node(tile.level * 8, tile.index * TILE_WIDTH + i),
    );
    files.push({ path: tilePath(tile), bytes: Buffer.concat(nodes) });
    if (files.length < 256) continue;
    await sink.write(files);
    files = [];
  }
  await sink.write(files);
  const text = formatCheckpoint({ origin: ORIGIN, size: leaves, rootHash: tree.root() });
  const note = await signNote(text, [SIGNER]);
  await sink.replaceCheckpoint({ from: undefined, to: formatUtf8(note) });
  return tree;
}

function open(source: TileSource, cacheBytes: number): Promise<PublishedLog> {
  return openPublishedLog({ source, origin: ORIGIN, key: SIGNER.key, cacheBytes });
}

async function warmUp(log: PublishedLog, leaves: number): Promise<void> {
  for (let index = 0; index < leaves; index += TILE_WIDTH) await log.leafHash(index);
}

/** In milliseconds. */
interface Times {
  readonly proofs: number[];
  /** Of hashing all nodes of three tiles, in turn with the proofs: what the machine does to any work of that length. */
  readonly hashing: number[];
}

/** Time proofs of entries all over the log at sizes all over it; every tenth is verified. */
async function proofTimes(log: PublishedLog, tree: MemoryTree, samples: number): Promise<Times> {
  const [proofs, hashing]: [number[], number[]] = [[], []];
  const [nodes, parents] = [new Uint8Array(3 * 512 * 32), new Uint8Array(3 * 256 * 32)];
  for (let i = 0; i < samples; i++) {
    const size = 1 + ((i * 7_919_317 + 12_345) % tree.size);
    const index = (i * 104_729) % size;
    const begin = performance.now();
    const hashes = await log.proveInclusion({ index, size });
    proofs.push(performance.now() - begin);
    hashing.push(timed(() => hasher.hashNodes(nodes, 0, parents, 0, 3 * 256)));
    if (i % 10 > 0) continue;
    const treeHead = { size, rootHash: tree.root(size) };
    verifyInclusion({ index, leafHash: tree.node(0, index), treeHead, hashes }, hasher);
  }
  return { proofs, hashing };
}

function reported(name: string, value: number): BenchRow {
  return {
    name,
    value,
    unit: 'ms',
    against: '',
    ratio: undefined,
    goal: 'reported',
    met: true,
  };
}

/** On a busy machine the slowest of a hundred is one that had to wait, whatever it does. */
function held(name: string, { proofs, hashing }: Times): BenchRow {
  const [value, other] = [quantile(proofs, 0.99), quantile(hashing, 0.99)];
  return {
    name,
    value,
    unit: 'ms',
    against: `hashing three tiles ${other.toPrecision(3)} ms`,
    ratio: other / value,
    goal: '≤ 2 ms, or ≥ 0.33×',
    met: value <= 2 || value <= 3 * other,
  };
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
