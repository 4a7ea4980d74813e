import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { MAX_PAIRS, PAIRS_OFFSET, nodeLanesModule } from './hasher/node-lanes.ts';

// Writes the WebAssembly module that hashes four tree nodes at once as packages/tlog carries it; with --check it only compares.
const FILE = 'packages/tlog/src/generated/node-lanes.ts';
/** Chromium before 114 compiles no larger module synchronously on a page's main thread. */
const MOST_BYTES = 4096;

const module = nodeLanesModule();
const text = `// Written by scripts/generate-hasher.ts from scripts/hasher/node-lanes.ts. Do not edit.

/** Where the module takes pairs of nodes and leaves their parents: an address in its memory. */
export const PAIRS_OFFSET = ${PAIRS_OFFSET};

/** How many pairs it takes at once. */
export const MAX_PAIRS = ${MAX_PAIRS};

/** The module, ${module.length} bytes in base64. */
export const NODE_LANES = '${Buffer.from(module).toString('base64')}';
`;

const faults: string[] = [];
if (module.length > MOST_BYTES) {
  faults.push(`the module is ${module.length} bytes, more than ${MOST_BYTES}`);
}
if (!process.argv.includes('--check')) writeFileSync(FILE, text);
else if (!existsSync(FILE) || readFileSync(FILE, 'utf8') !== text) {
  faults.push(`${FILE} is not what the generator makes: run node scripts/generate-hasher.ts`);
}
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
console.log(`hasher: ${module.length} bytes as generated`);
