import { mkdir, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Anchorer } from '@anchorlog/anchor';
import { formatAnchorFile, parseAnchorFile } from '@anchorlog/evm-proof';
import { isAbsent, writeDurably } from '@anchorlog/log/durable-file';

/** Publishes each final anchor as a file beside the tiles, for auditors (spec/evidence §8). Files of earlier runs stay as they are. */
export class AnchorFiles {
  readonly #folder: string;
  readonly #anchorer: Anchorer;
  /** Size of the largest head that has its file; undefined until the folder was looked at. */
  #size: number | undefined;

  constructor(folder: string, anchorer: Anchorer) {
    this.#folder = folder;
    this.#anchorer = anchorer;
  }

  /** Write the anchors that have no file yet, in their order. A crash leaves the first ones written; the next call writes the rest. */
  async write(): Promise<void> {
    const latest = this.#anchorer.latest?.head.size ?? 0;
    this.#size ??= await this.#newestSize();
    while (this.#size < latest) {
      const anchor = await this.#anchorer.firstCovering(this.#size);
      if (!anchor) return;
      const { number, head, evidence } = anchor;
      if (evidence) {
        const text = formatAnchorFile({ number, head, evidence: [evidence] });
        await writeDurably(join(this.#folder, `${number}.json`), text);
      }
      this.#size = head.size;
    }
  }

  /** Find out where an earlier run ended. A folder with gaps is filled from the beginning. */
  async #newestSize(): Promise<number> {
    await mkdir(this.#folder, { recursive: true });
    const { count, newest } = await anchorNumbers(this.#folder);
    if (newest === 0 || newest !== count) return 0;
    try {
      const file = parseAnchorFile(await readFile(join(this.#folder, `${newest}.json`)));
      return file.head.size;
    } catch {
      return 0; // it is written again
    }
  }
}

/** Count the anchor files in the folder of a registry, and give the largest of their numbers, 0 for none. */
export async function anchorNumbers(
  folder: string,
): Promise<{ readonly count: number; readonly newest: number }> {
  const numbers = (await namesIn(folder))
    .map((name) => Number(/^([1-9][0-9]*)\.json$/.exec(name)?.[1]))
    .filter((number) => Number.isSafeInteger(number));
  return {
    count: numbers.length,
    newest: numbers.reduce((most, number) => Math.max(most, number), 0),
  };
}

/** Give the names in a folder in order; none if there is no such folder. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).toSorted();
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}
