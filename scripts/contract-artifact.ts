import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ARTIFACTS = '.hardhat/artifacts';

/** What the compiler made of one contract, as far as the project uses it. */
export interface ContractArtifact {
  readonly abi: readonly unknown[];
  readonly bytecode: string;
  readonly deployedBytecode: string;
  readonly immutableReferences: Readonly<Record<string, unknown>>;
  readonly buildInfoId: string;
}

/** One variable in a contract's storage: spec/anchor §1.3. */
export interface StorageVariable {
  readonly name: string;
  readonly slot: number;
  readonly offset: number;
  readonly bytes: number;
  readonly type: string;
}

interface SolcLayout {
  readonly storage: readonly SolcVariable[];
  readonly types: Readonly<Record<string, SolcType>>;
}
interface SolcVariable {
  readonly label: string;
  readonly slot: string;
  readonly offset: number;
  readonly type: string;
}
interface SolcType {
  readonly label: string;
  readonly numberOfBytes: string;
  readonly members?: readonly SolcVariable[];
}

/** Read the artifact of `contracts/<name>.sol`; `hardhat build` must have run. */
export function readArtifact(name: string): ContractArtifact {
  // The compiler's own output.
  return JSON.parse(
    readFileSync(join(ARTIFACTS, `contracts/${name}.sol/${name}.json`), 'utf8'),
  ) as ContractArtifact;
}

/** Read the storage layout of `contracts/<name>.sol`: its variables, and the members of each struct it keeps. */
export function readStorageLayout(name: string): Readonly<Record<string, StorageVariable[]>> {
  const { buildInfoId } = readArtifact(name);
  const info = JSON.parse(
    readFileSync(join(ARTIFACTS, `build-info/${buildInfoId}.output.json`), 'utf8'),
  ) as {
    readonly output: {
      readonly contracts: Readonly<
        Record<string, Readonly<Record<string, { readonly storageLayout: SolcLayout }>>>
      >;
    };
  };
  const { storage, types } =
    info.output.contracts[`project/contracts/${name}.sol`]![name]!.storageLayout;
  const variables = (list: readonly SolcVariable[]): StorageVariable[] =>
    list.map(({ label, slot, offset, type }) => ({
      name: label,
      slot: Number(slot),
      offset,
      bytes: Number(types[type]!.numberOfBytes),
      type: types[type]!.label,
    }));
  const layout: Record<string, StorageVariable[]> = { [name]: variables(storage) };
  for (const { label, members } of Object.values(types)) {
    if (members) layout[label] = variables(members);
  }
  return layout;
}
