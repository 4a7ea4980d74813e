import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { keccak256 } from 'ethers';
import { format, resolveConfig } from 'prettier';
import { readArtifact, readStorageLayout } from './contract-artifact.ts';

// Writes what packages/anchor ships of each contract: ABI, creation bytecode and the hash of the runtime code. With --check it only
// compares. With --storage it also writes the storage layout, which a test compares: a change there is meant, or it is a mistake.
const CONTRACTS = [{ name: 'AnchorRegistry', file: 'anchor-registry', prefix: 'ANCHOR_REGISTRY' }];

const check = process.argv.includes('--check');
const faults: string[] = [];

async function put(path: string, text: string): Promise<void> {
  const options = await resolveConfig(path);
  const formatted = await format(text, { ...options, filepath: path });
  if (existsSync(path) && readFileSync(path, 'utf8') === formatted) return;
  if (check) {
    faults.push(`${path} is not what the compiler makes: run node scripts/generate-contracts.ts`);
    return;
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, formatted);
}

for (const { name, file, prefix } of CONTRACTS) {
  const { abi, bytecode, deployedBytecode, immutableReferences } = readArtifact(name);
  if (Object.keys(immutableReferences).length > 0) {
    faults.push(`${name} has immutables: its code hash would differ from deployment to deployment`);
  }
  await put(
    `packages/anchor/src/generated/${file}.ts`,
    `// Written by scripts/generate-contracts.ts from contracts/${name}.sol. Do not edit.

/** The contract's interface. */
export const ${prefix}_ABI = ${JSON.stringify(abi)} as const;

/** Creation bytecode; the constructor's arguments follow it. */
export const ${prefix}_BYTECODE = '${bytecode}';

/** keccak256 of the runtime code: the same for every deployment. */
export const ${prefix}_CODE_HASH = '${keccak256(deployedBytecode)}';
`,
  );
  if (process.argv.includes('--storage')) {
    await put(`contracts/${name}.storage.json`, JSON.stringify(readStorageLayout(name)));
  }
}

for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
console.log(`contracts: ${CONTRACTS.length} as compiled`);
