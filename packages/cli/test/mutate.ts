import { readFileSync } from 'node:fs';
import { bundleMutants } from '@anchorlog/testkit';

// mutate BUNDLE MUTANT: prints the bundle with the named corruption.
const [path = '', name = ''] = process.argv.slice(2);
const mutant = bundleMutants(readFileSync(path, 'utf8')).find((each) => each.name === name);
if (!mutant) throw new Error(`no mutant "${name}" of this bundle`);
const { bundle } = mutant;
process.stdout.write(typeof bundle === 'string' ? bundle : JSON.stringify(bundle));
