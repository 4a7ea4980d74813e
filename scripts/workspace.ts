import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const SOURCE_CONDITION = '@anchorlog/source';

/** A workspace package, as far as the scripts need to know it. */
export interface WorkspacePackage {
  readonly name: string;
  readonly folder: string;
  /** Source files behind `exports`, relative to the repository. */
  readonly entries: readonly string[];
  readonly manifest: {
    readonly name: string;
    readonly private?: boolean;
    readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
    readonly bin?: Readonly<Record<string, string>>;
    readonly dependencies?: Readonly<Record<string, string>>;
    readonly devDependencies?: Readonly<Record<string, string>>;
  };
}

/** The packages under `packages/`, sorted by folder. */
export function workspacePackages(): WorkspacePackage[] {
  return readdirSync('packages', { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name: folder }) => {
      const file = join('packages', folder, 'package.json');
      // The project's own manifests: their shape is checked by publint and pnpm.
      const manifest = JSON.parse(readFileSync(file, 'utf8')) as WorkspacePackage['manifest'];
      const targets = Object.values(manifest.exports ?? {}).flatMap((target) =>
        typeof target === 'object' && target[SOURCE_CONDITION] !== undefined
          ? [target[SOURCE_CONDITION]]
          : [],
      );
      const bins = Object.values(manifest.bin ?? {}).map((path) =>
        path.replace(/^(\.\/)?dist\//, './src/').replace(/\.js$/, '.ts'),
      );
      const entries = [...new Set([...targets, ...bins])].map((path) =>
        join('packages', folder, path),
      );
      return { name: manifest.name, folder, entries, manifest };
    });
}
