import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, rmSync } from 'node:fs';
import { workspacePackages } from './workspace.ts';

// Builds every package: JavaScript by tsup, then one d.ts per source file by tsc. Writes packages/*/dist.
function run(command: string, args: readonly string[]): void {
  const { status } = spawnSync(`node_modules/.bin/${command}`, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

run('tsup', []);
rmSync('.types', { recursive: true, force: true });
run('tsc', ['-p', 'tsconfig.types.json']);
for (const { folder } of workspacePackages()) {
  const emitted = `.types/${folder}/src`;
  if (existsSync(emitted)) cpSync(emitted, `packages/${folder}/dist`, { recursive: true });
}
