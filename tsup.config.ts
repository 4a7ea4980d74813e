import { defineConfig } from 'tsup';
import { workspacePackages } from './scripts/workspace.ts';

// One build of all packages: JavaScript by tsup, declarations by tsc (scripts/build.ts). Dependencies stay outside.
export default defineConfig(
  workspacePackages().map(({ folder, entries, manifest }) => ({
    name: folder,
    entry: [...entries],
    outDir: `packages/${folder}/dist`,
    format: 'esm' as const,
    target: 'es2023',
    platform: 'neutral' as const,
    external: [
      /^node:/,
      ...Object.keys(manifest.dependencies ?? {}).map((name) => new RegExp(`^${name}(/|$)`)),
    ],
    splitting: true,
    clean: true,
    sourcemap: true,
    dts: false,
    silent: true,
  })),
);
