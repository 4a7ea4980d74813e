import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

// Writes every file under vectors/ from its generator; with --check it only compares.
const check = process.argv.includes('--check');
const faults: string[] = [];
const made = new Set<string>();

for (const generator of globSync('vectors/generate/*.ts')) {
  const module: Readonly<Record<string, unknown>> = await import(pathToFileURL(generator).href);
  for (const [name, generate] of Object.entries(module)) {
    if (!name.startsWith('generate') || typeof generate !== 'function') continue;
    // Each generator gives path under vectors/ → text, at once or later.
    const files = (await generate()) as Readonly<Record<string, string>>;
    for (const [path, text] of Object.entries(files)) {
      const file = join('vectors', path);
      made.add(file);
      if (!check) {
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, text);
      } else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
        faults.push(`${file} is not what ${generator} makes`);
      }
    }
  }
}
for (const file of globSync('vectors/**/*.json')) {
  if (!made.has(file)) faults.push(`${file} has no generator`);
}

for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
console.log(`vectors: ${made.size} files as their generators make them`);
