import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Programs that others wrote in Go, for tests that hold this project against them. Where Go or the modules are not at hand there are none.

/** Build the reader in scripts/interop, and give the path of the program; undefined where that cannot be. */
export function buildInterop(): string | undefined {
  const cwd = fileURLToPath(new URL('../../../../scripts/interop', import.meta.url));
  if (!succeeds(['version'], cwd) || !succeeds(['mod', 'download'], cwd)) return undefined;
  const program = join(mkdtempSync(join(tmpdir(), 'anchorlog-go-')), 'interop');
  execFileSync('go', ['build', '-o', program, '.'], { cwd, stdio: 'inherit' });
  return program;
}

/** Build the newest versitygw that the tests were run against. It takes minutes the first time. */
export function buildGateway(): string | undefined {
  const module = 'github.com/versity/versitygw';
  const dir = mkdtempSync(join(tmpdir(), 'anchorlog-go-'));
  if (!succeeds(['version'], dir) || !succeeds(['list', '-m', `${module}@${GATEWAY}`], dir)) {
    return undefined;
  }
  const env = { ...process.env, GOBIN: dir };
  execFileSync('go', ['install', `${module}/cmd/versitygw@${GATEWAY}`], { env, stdio: 'inherit' });
  return join(dir, 'versitygw');
}

const GATEWAY = 'v1.8.0';

function succeeds(command: readonly string[], cwd: string): boolean {
  return spawnSync('go', command, { cwd }).status === 0;
}
