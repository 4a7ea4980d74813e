import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NO_POSTGRES, findPostgres, startPostgres } from '@anchorlog/testkit';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { Session, parseTranscript } from './transcript.ts';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const transcripts = (await readdir(FOLDER)).filter((name) => name.endsWith('.txt')).toSorted();

describe('anchorlog', () => {
  let scratch: string;
  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'anchorlog-cli-'));
  });
  afterAll(() => rm(scratch, { recursive: true, force: true }));

  async function play(
    name: string,
    text: string,
    variables: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const dir = join(scratch, name);
    await mkdir(dir);
    const session = await Session.begin(dir, {
      language: name.endsWith('.zh.txt') ? 'zh_CN.UTF-8' : 'en_US.UTF-8',
      tools: {
        mutate: join(FOLDER, 'mutate.ts'),
        'make-ofd': join(FOLDER, 'make-ofd.ts'),
        'rude-node': join(FOLDER, 'rude-node.ts'),
      },
      variables,
    });
    const record = await readFile(join(dir, 'records/document-guide.json'), 'utf8');
    await writeFile(join(dir, 'record.ndjson'), `${JSON.stringify(JSON.parse(record))}\n`);
    try {
      for (const step of parseTranscript(text)) await session.run(step);
    } finally {
      await session.end();
    }
  }

  // Sessions have their own folders, notaries and chains, so that several may run at once.
  test.concurrent.for(transcripts)(
    '%s runs as written',
    { timeout: 300_000 },
    async (name, { skip }) => {
      skip(name.endsWith('.linux.txt') && process.platform !== 'linux', 'needs /dev/full');
      const needsDatabase = name.endsWith('.postgres.txt');
      skip(needsDatabase && findPostgres() === undefined, NO_POSTGRES);
      const text = await readFile(join(FOLDER, name), 'utf8');
      if (!needsDatabase) return play(name, text);
      await using server = await startPostgres();
      await play(name, text, { postgres: server.url });
    },
  );

  test.concurrent('the session in the README runs as written', { timeout: 300_000 }, async () => {
    const readme = await readFile(join(FOLDER, '../README.md'), 'utf8');
    await play('README', /^```console\n(.*?)^```$/ms.exec(readme)?.[1] ?? 'no session');
  });

  test.concurrent(
    'what docs/operations.md tells operators to do runs as written',
    { timeout: 300_000 },
    async () => {
      const guide = await readFile(join(FOLDER, '../../../docs/operations.md'), 'utf8');
      const blocks = Array.from(guide.matchAll(/^```console\n(.*?)^```$/gms), ([, block]) => block);
      await play('operations', blocks.join('\n'));
    },
  );
});
