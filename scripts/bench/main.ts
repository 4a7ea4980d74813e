import { parseArgs } from 'node:util';
import { benchAppend } from './append.ts';
import { benchAudit } from './audit.ts';
import { benchGas } from './gas.ts';
import { benchIndexKeeper } from './index-keeper.ts';
import { benchIssue } from './issue.ts';
import type { BenchRow } from './row.ts';
import { benchPostgres } from './postgres.ts';
import { benchScale } from './scale.ts';
import { benchTiles } from './tiles.ts';
import { benchTree } from './tree.ts';
import { benchVerify } from './verify.ts';
import { benchIndex } from './vindex.ts';

// Measures the project beside its peers and limits, in one run: trust the ratios, not the absolute figures of a busy machine.
const BENCHES: Readonly<Record<string, () => Promise<BenchRow[]>>> = {
  tree: benchTree,
  issue: benchIssue,
  append: benchAppend,
  postgres: benchPostgres,
  tiles: benchTiles,
  index: async () => [...(await benchIndex()), ...(await benchIndexKeeper())],
  verify: benchVerify,
  audit: benchAudit,
  gas: benchGas,
  scale: benchScale,
};
/** Measured only when asked for by name: it takes half an hour. */
const LONG: ReadonlySet<string> = new Set(['scale']);

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean' } },
  allowPositionals: true,
});
const names =
  positionals.length > 0 ? positionals : Object.keys(BENCHES).filter((name) => !LONG.has(name));
const rows: BenchRow[] = [];
for (const name of names) {
  const bench = BENCHES[name];
  if (!bench) throw new Error(`no bench ${name}: there are ${Object.keys(BENCHES).join(', ')}`);
  if (values.json !== true) process.stderr.write(`measuring ${name} …\n`);
  rows.push(...(await bench()));
}

if (values.json === true) console.log(JSON.stringify(rows, null, 2));
else console.log(table(rows));

function table(all: readonly BenchRow[]): string {
  const head = ['what', 'value', 'against', 'ratio', 'goal', ''];
  const body = all.map(({ name, value, unit, against, ratio, goal, met }) => [
    name,
    `${figure(value)} ${unit}`,
    against,
    ratio === undefined ? '' : `${figure(ratio)}×`,
    goal,
    met ? 'met' : 'not met',
  ]);
  const lines = [head, ...body];
  const widths = head.map((_, i) => Math.max(...lines.map((line) => line[i]!.length)));
  return lines
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function figure(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return value.toPrecision(3);
}
