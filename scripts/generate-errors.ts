import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { workspacePackages } from './workspace.ts';

// Writes spec/errors.md from the tables of codes; with --check it only compares, and demands that a test provokes each code.
const FILE = 'spec/errors.md';
const check = process.argv.includes('--check');
const faults: string[] = [];
const seen = new Set<string>();
const lines = [
  '# Error codes',
  '',
  'Every expected refusal is a `CodedError` with a stable `code`. Codes are never reused; messages may change, codes do not.',
  'This page is written by `scripts/generate-errors.ts` from the tables in the packages.',
];

for (const { name, folder } of workspacePackages()) {
  const file = `packages/${folder}/src/error.ts`;
  if (!existsSync(file)) continue;
  const module: Readonly<Record<string, unknown>> = await import(pathToFileURL(file).href);
  const tests = globSync(`packages/${folder}/test/**/*.ts`)
    .map((test) => readFileSync(test, 'utf8'))
    .join('\n');
  for (const [exported, table] of Object.entries(module)) {
    if (!exported.endsWith('_CODES') || typeof table !== 'object' || table === null) continue;
    lines.push('', `## ${name}`, '', '| code | when |', '| --- | --- |');
    for (const [code, when] of Object.entries(table)) {
      if (seen.has(code)) faults.push(`${code} stands in two tables`);
      if (!tests.includes(code)) faults.push(`${code} is provoked by no test of ${name}`);
      seen.add(code);
      lines.push(`| \`${code}\` | ${String(when).replaceAll('|', '\\|')} |`);
    }
  }
}

const text = `${lines.join('\n')}\n`;
if (!check) writeFileSync(FILE, text);
else if (!existsSync(FILE) || readFileSync(FILE, 'utf8') !== text) {
  faults.push(
    `${FILE} is not what the tables say: run node -C @anchorlog/source scripts/generate-errors.ts`,
  );
}
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
console.log(`errors: ${seen.size} codes, each provoked by a test`);
