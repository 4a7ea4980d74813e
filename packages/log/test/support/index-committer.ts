import { randomOf } from '@anchorlog/testkit';
import { openIndex } from './index-feed.ts';

// Brings an index on by batches of random sizes until it is killed, and states the root of each.
const [dir = '', size = '', seed = ''] = process.argv.slice(2);
const random = randomOf(Number(seed));
const state = (fact: object): void => void process.stdout.write(`${JSON.stringify(fact)}\n`);
state({ fact: 'opening' });
const keeper = await openIndex(dir, Number(size));
state({ fact: 'opened', size: keeper.size, heads: keeper.heads });
while (keeper.size < Number(size)) {
  const to = Math.min(Number(size), keeper.size + 1 + Math.floor(random() * 400));
  const root = await keeper.commit(to);
  state({ fact: 'committed', size: to, root: Buffer.from(root).toString('hex') });
  if (random() < 0.5) await keeper.keep(keeper.heads.slice(-2));
}
