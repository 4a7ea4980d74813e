import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { OpenBucket, S3Kind } from './bucket-cases.ts';

const ID = 'AKIDEXAMPLE';
const SECRET = 'a-secret/that+must=never-be-seen';
const BUCKET = 'tiles';

// Servers that somebody else wrote.

/** Those that this machine has, of those that the tests know how to start. None is needed. */
export function installedServers(): S3Kind[] {
  const servers: S3Kind[] = [];
  if (spawnSync('versitygw', ['--version']).status === 0) servers.push(gateway('versitygw'));
  if (spawnSync('moto_server', ['--help']).status === 0) {
    servers.push({ name: 'moto', isStrict: false, open: openMoto });
  }
  return servers;
}

/** https://github.com/versity/versitygw: verifies signatures, honours conditions, keeps objects in a folder. */
export function gateway(program: string): S3Kind {
  return { name: 'versitygw', isStrict: true, open: () => openGateway(program) };
}

async function openGateway(program: string): Promise<OpenBucket> {
  const dir = await mkdtemp(join(tmpdir(), 'anchorlog-s3-'));
  await mkdir(join(dir, BUCKET));
  const port = await freePort();
  const child = spawn(program, ['--port', `127.0.0.1:${port}`, '--quiet', 'posix', dir], {
    env: { ...process.env, ROOT_ACCESS_KEY: ID, ROOT_SECRET_KEY: SECRET },
    stdio: 'ignore',
  });
  const exited = once(child, 'exit');
  const endpoint = `http://127.0.0.1:${port}`;
  await answers(endpoint);
  const credentials = { accessKeyId: ID, secretAccessKey: SECRET };
  return {
    options: { endpoint, bucket: BUCKET, credentials, addressing: 'path', retryDelayMs: 10 },
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await exited;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** https://github.com/getmoto/moto: a stand-in for tests, which honours conditions. */
async function openMoto(): Promise<OpenBucket> {
  const port = await freePort();
  const child = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  const exited = once(child, 'exit');
  const endpoint = `http://127.0.0.1:${port}`;
  await answers(endpoint);
  await fetch(`${endpoint}/${BUCKET}`, { method: 'PUT' });
  const credentials = { accessKeyId: ID, secretAccessKey: SECRET };
  return {
    options: { endpoint, bucket: BUCKET, credentials, addressing: 'path', retryDelayMs: 10 },
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await exited;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

/** Wait until a server that was started takes requests. */
async function answers(url: string): Promise<void> {
  for (let tried = 0; tried < 200; tried++) {
    try {
      await fetch(url);
      return;
    } catch {
      await delay(50);
    }
  }
  throw new Error(`${url} does not answer`);
}
