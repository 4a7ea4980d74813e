import { globSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { workspacePackages } from './workspace.ts';

// Holds the rings of ARCHITECTURE.md: imports go strictly downwards, and the pure rings touch no `node:` outside their node.ts.
const RINGS: Readonly<Record<string, number>> = {
  core: 0,
  tlog: 1,
  vindex: 1,
  statement: 1,
  'evm-proof': 1,
  profiles: 2,
  eseal: 2,
  verify: 2,
  log: 3,
  anchor: 3,
  audit: 4,
  sdk: 4,
  gateway: 5,
  cli: 5,
  web: 5,
};
const PURE_BELOW = 3;
/** Only tests, the demo and `anchorlog dev` use these. */
const SIDE = new Set(['testkit', 'devchain']);
/** Sideways imports that the design allows. */
const ALLOWED = new Set(['verify>profiles', 'cli>devchain']);

const IMPORT =
  /^(?:import|export|\}) (?:.* )?from '([^']+)';|^import '([^']+)';|\bimport\('([^']+)'\)/gm;
const faults: string[] = [];

for (const { folder, manifest } of workspacePackages()) {
  const declared = new Set(Object.keys(manifest.dependencies ?? {}));
  for (const file of globSync(`packages/${folder}/src/**/*.ts`)) {
    const isNodeEntry = file.endsWith('/src/node.ts');
    for (const [, named, bare, lazy] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
      const specifier = named ?? bare ?? lazy ?? '';
      if (specifier.startsWith('.')) continue;
      const fault = (why: string): void => void faults.push(`${file}: '${specifier}' ${why}`);
      if (isBuiltin(specifier)) {
        const ring = RINGS[folder];
        if (!specifier.startsWith('node:')) fault('lacks the node: prefix');
        if (ring !== undefined && ring < PURE_BELOW && !isNodeEntry) fault('in a pure package');
        continue;
      }
      const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
      if (!declared.has(name)) fault('is not among the dependencies');
      if (!name.startsWith('@anchorlog/')) continue;
      const target = name.slice('@anchorlog/'.length);
      if (SIDE.has(folder) || target === folder || ALLOWED.has(`${folder}>${target}`)) continue;
      const [from, to] = [RINGS[folder], RINGS[target]];
      if (from === undefined || to === undefined) fault('has no ring');
      else if (to >= from) fault(`goes from ring ${from} to ring ${to}`);
    }
  }
}

for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
console.log('layers: imports go downwards');
