import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, chownSync, constants, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';

/** Why tests with a PostgreSQL server do not run, where `findPostgres` finds none. */
export const NO_POSTGRES =
  'needs initdb and postgres, in the folder that ANCHORLOG_POSTGRES_BIN names, on PATH or where Debian has them';

const DEBIAN = '/usr/lib/postgresql';
const PROGRAMS = ['initdb', 'postgres'];

/** Find the folder with the programs of a PostgreSQL server. */
export function findPostgres(): string | undefined {
  const { ANCHORLOG_POSTGRES_BIN: named, PATH = '' } = process.env;
  const folders =
    named === undefined ? [...PATH.split(delimiter).filter(Boolean), ...debianFolders()] : [named];
  return folders.find((folder) => PROGRAMS.every((program) => isExecutable(join(folder, program))));
}

/** A PostgreSQL server of its own, in a temporary folder that goes with it. It is reached through a socket there, not by network. */
export interface PostgresServer extends AsyncDisposable {
  /** Of its database `postgres`, for its superuser. */
  readonly url: string;
  /** The file of its socket. */
  readonly socket: string;
  /** Stop it: in good order, or at once, as after a power cut. */
  stop(how?: 'fast' | 'immediate'): Promise<void>;
  /** Start it again, until it takes connections. */
  start(): Promise<void>;
}

/** Make and start a server; `settings` are those of postgresql.conf. Needs `findPostgres`; run by root it is another user's. */
export async function startPostgres(
  settings: Readonly<Record<string, string>> = {},
): Promise<PostgresServer> {
  const bin = findPostgres();
  if (bin === undefined) throw new Error(NO_POSTGRES);
  // Short, since the path of a socket may be no longer than about a hundred bytes.
  const dir = await mkdtemp(join(tmpdir(), 'pg-'));
  const user = ordinaryUser();
  if (user) chownSync(dir, user.uid, user.gid);
  const options = { ...user, cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] as const };
  const data = join(dir, 'data');
  const init = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N'];
  const made = spawn(join(bin, 'initdb'), init, {
    ...options,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await finished(made, 'initdb');
  const given = Object.entries({ listen_addresses: '', ...settings });
  const flags = given.flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const argv = ['-D', data, '-k', dir, ...flags];
  let server: ChildProcess | undefined;
  const killWith = (): void => void server?.kill('SIGQUIT');
  process.once('exit', killWith);

  const started = {
    url: `postgresql://postgres@/postgres?host=${encodeURIComponent(dir)}`,
    socket: join(dir, '.s.PGSQL.5432'),
    async start() {
      server = spawn(join(bin, 'postgres'), argv, {
        ...options,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      await readiness(server);
    },
    async stop(how: 'fast' | 'immediate' = 'fast') {
      if (!server) return;
      const exited = once(server, 'exit');
      server.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT');
      server = undefined;
      await exited;
    },
    async [Symbol.asyncDispose]() {
      await started.stop('immediate');
      process.off('exit', killWith);
      await rm(dir, { recursive: true, force: true });
    },
  };
  await started.start();
  return started;
}

function debianFolders(): string[] {
  try {
    const versions = readdirSync(DEBIAN).toSorted((a, b) => Number(b) - Number(a));
    return versions.map((version) => join(DEBIAN, version, 'bin'));
  } catch {
    return []; // another system
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** PostgreSQL refuses to run as root: give a user for it then. */
function ordinaryUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const number = (flag: string): number =>
    Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: number('-u'), gid: number('-g') };
}

async function finished(child: ChildProcess, name: string): Promise<void> {
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${name} ended with ${code}: ${said}`);
}

/** Wait until a server says that it takes connections; what it says later is read and dropped. */
async function readiness(server: ChildProcess): Promise<void> {
  const lines = createInterface({ input: server.stderr! });
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      if (said.length < 100) said.push(line);
      if (line.includes('ready to accept connections')) resolve();
    });
    lines.once('close', () => reject(new Error(`postgres did not start: ${said.join('\n')}`)));
  });
}
