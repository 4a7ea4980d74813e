import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const run = promisify(execFile);
const FRONT = ['README.md', 'README.zh-CN.md'];
/** What of the clone an example sees beside the packages that are installed. */
const CLONE = ['packages', 'scripts', 'vectors'];
const READMES = [...FRONT, ...globSync('packages/*/README.md')];

const EXAMPLES = READMES.map((name) => ({ name })).filter(
  ({ name }) => name !== 'packages/cli/README.md', // its examples are transcripts of its own tests
);

describe('an example', () => {
  test.each(EXAMPLES)('of $name runs and prints what it says', async ({ name }) => {
    const examples = blocks(await readFile(name, 'utf8'), 'ts');
    expect(examples).not.toEqual([]);
    for (const example of examples) {
      // What a reader copies first needs nothing of the clone.
      const printed = await outputOf(example, FRONT.includes(name) ? [] : CLONE);
      const lines = printed.split('\n');
      for (const said of saidLines(example)) {
        // Text behind a colon in the comment explains; an ellipsis stands for what differs from run to run.
        const holds = lines.some((line) => line !== '' && matches(line, said));
        expect(holds, `${name}: expected a line like "${said}" in\n${printed}`).toBe(true);
      }
      if (name === FRONT[0]) expect(printed).toContain('Received, not yet anchored');
      if (name === FRONT[1]) expect(printed).toContain('存证已接收，尚未上链');
    }
  });
});

describe('the commands', () => {
  // The demo first, since the others verify what it wrote.
  test('of both READMEs run one after the other, and the demo refuses every attack', async () => {
    await using folder = await Folder.make();
    await symlink(resolve('examples'), join(folder.path, 'examples'));
    const screen = await folder.run(['scripts/demo.ts']);
    expect(screen).toContain('checks held, 5 attacks refused');
    expect(screen).not.toContain('FAILED');
    for (const name of FRONT) {
      await rm(join(folder.path, 'notary'), { recursive: true, force: true });
      await rm(join(folder.path, 'notary.guard.json'), { force: true });
      const lines = blocks(await readFile(name, 'utf8'), 'sh').flatMap((block) =>
        block.split('\n'),
      );
      const commands = lines.filter((line) => line.startsWith('pnpm anchorlog '));
      expect(commands.length).toBeGreaterThanOrEqual(5);
      for (const command of commands) {
        const args = command.split(' ').slice(2);
        const printed = await folder.run(['packages/cli/dist/main.js', ...args]);
        expect(printed, command).toContain(args[0] === 'profile' ? '"profile"' : '✔');
      }
    }
  }, 300_000);

  test.each(FRONT)('that %s names are scripts of the project, or verbs', async (name) => {
    const text = await readFile(name, 'utf8');
    const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as {
      scripts: Record<string, string>;
    };
    const verbs = (await readdir('packages/cli/src/commands')).map((file) =>
      file.replace('.ts', ''),
    );
    const named = [...text.matchAll(/pnpm ([a-z][a-z:]*)/g)].map(([, script = '']) => script);
    expect(named).not.toEqual([]);
    for (const script of named)
      expect([...Object.keys(scripts), 'pnpm', 'install']).toContain(script);
    const used = [...text.matchAll(/(?:pnpm |`)anchorlog ([a-z]+)/g)];
    expect(used).not.toEqual([]);
    for (const [, verb = ''] of used) expect(verbs).toContain(verb);
  });
});

describe('a link', () => {
  test.each(READMES)('of %s leads to what is there', async (name) => {
    for (const [, target = ''] of (await readFile(name, 'utf8')).matchAll(/\]\(([^)#:]+)\)/g)) {
      await stat(join(dirname(name), target));
    }
  });
});

describe('the table of a package', () => {
  test.each(globSync('packages/*/README.md'))('%s names files that are there', async (name) => {
    const text = await readFile(name, 'utf8');
    const files = [...text.matchAll(/`(src\/[\w/-]+\.ts)`/g)].map(([, file = '']) => file);
    for (const file of files) await stat(join(dirname(name), file));
    for (const [, spec = ''] of text.matchAll(/spec\/([a-z]+)/g)) {
      const [found] = globSync(`spec/${spec}.*`);
      expect(found, `${name}: spec/${spec}`).toBeDefined();
    }
  });
});

/** Give the fenced blocks of one language. */
function blocks(text: string, language: string): string[] {
  return [...text.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].flatMap(([, name, block = '']) =>
    name === language ? [block] : [],
  );
}

/** Give what an example says of its output: the comments behind `console.log(…);`. */
function saidLines(example: string): string[] {
  return [...example.matchAll(/^\s*console\.log\(.*\); \/\/ (.*)$/gm)].map(([, said = '']) => said);
}

function matches(line: string, said: string): boolean {
  const [before] = said.split('…') as [string];
  return said.includes('…')
    ? line.startsWith(before)
    : said === line || said.startsWith(`${line}:`);
}

/** Run an example in an empty folder, and give what it prints. */
async function outputOf(example: string, seen: readonly string[]): Promise<string> {
  await using folder = await Folder.make(seen);
  await writeFile(join(folder.path, 'example.ts'), example);
  return await folder.run(['example.ts']); // before the folder goes
}

/** An empty folder in which the packages are installed. */
class Folder implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async make(seen: readonly string[] = CLONE): Promise<Folder> {
    const folder = new Folder(await mkdtemp(join(tmpdir(), 'anchorlog-readme-')));
    for (const name of ['node_modules', ...seen]) {
      await symlink(resolve(name), join(folder.path, name));
    }
    await writeFile(join(folder.path, 'package.json'), '{"type":"module"}');
    return folder;
  }

  /** Run Node in it, from the sources, and give what it prints. @throws unless it ends with 0 */
  async run(args: readonly string[]): Promise<string> {
    const { stdout } = await run(process.execPath, ['-C', '@anchorlog/source', ...args], {
      cwd: this.path,
    });
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true });
  }
}
