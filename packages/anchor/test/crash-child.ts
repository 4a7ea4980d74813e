import { writeSync } from 'node:fs';
import { createAnchorer } from '../src/anchorer.ts';
import type { Finality, RegistryConfig } from '../src/config.ts';
import { TestLog } from './test-log.ts';

// A process that anchors one head after the other until it is killed. It says what it publishes and what it was told is final.

/** What `crash.ts` hands over. */
export interface ChildOrder {
  readonly dir: string;
  readonly chain: RegistryConfig;
  readonly origin: string;
  readonly key: string;
  readonly finality: Finality;
  /** Entries of the log at the start. */
  readonly size: number;
}

/** A line that the child writes. */
export type ChildLine = { readonly published: number } | { readonly final: number };

const order = JSON.parse(process.argv[2]!) as ChildOrder; // by the test beside this file
const say = (line: ChildLine): void => void writeSync(1, `${JSON.stringify(line)}\n`);

const { dir, chain, origin, key, finality, size } = order;
const source = new TestLog(size);
const anchorer = await createAnchorer({ dir, chain, origin, key, finality, source, pollMs: 5 });
for (;;) {
  say({ published: source.size });
  const { head } = await anchorer.anchor();
  say({ final: head.size });
  source.grow(1 + (source.size % 3));
}
