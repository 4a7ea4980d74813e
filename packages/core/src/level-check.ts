import { isCodedError } from './error.ts';
import { levelDamage } from './level-bytes.ts';
import { readLevelManifest, type LevelTable } from './level-manifest.ts';
import { checkLevelTable } from './level-table.ts';
import { parseUtf8 } from './bytes.ts';

/** The folder of a LevelDB database; nothing in it need be there. @throws CORE_LEVEL_UNREADABLE */
export interface LevelFolder {
  names(): Promise<readonly string[]>;
  read(name: string): Promise<Uint8Array | undefined>;
  /** Size, time of the last change and place of a file on its disk: a word that differs once the file was written or replaced. */
  stamp(name: string): Promise<string | undefined>;
  write(name: string, text: string): Promise<void>;
  remove(name: string): Promise<void>;
}

/** LevelDB leaves files of such a name alone. */
const RECORD = 'CHECKED';
/** What a disk does to bytes that nobody writes is looked for again after so long. */
const RECHECK_MS = 7 * 24 * 60 * 60 * 1000;
/** Tables are read while others are checked. */
const READERS = 4;
const ATTEMPTS = 20;

/**
 * The check of a database before it is opened. LevelDB compares no checksum of its tables when it reads them, believes what it finds, and its
 * binding for Node is built so that some changed bytes end the whole process (spec/log §12.3). So all of them are compared here, unless the
 * same tables were a short while ago, and the database was closed properly since: after a process has ended in any other way, nothing is believed.
 */
export class LevelCheck {
  readonly #folder: LevelFolder;
  /** A line for each table: name, stamp, when it was checked. */
  #lines: readonly string[];

  private constructor(folder: LevelFolder, lines: readonly string[]) {
    this.#folder = folder;
    this.#lines = lines;
  }

  /**
   * Check the database in a folder, which nobody need have locked. Call `closed` once it was opened and closed properly. `now` is in
   * milliseconds since 1970. @throws CORE_LEVEL_DAMAGED, CORE_LEVEL_UNREADABLE
   */
  static async of(folder: LevelFolder, now: number): Promise<LevelCheck> {
    const record = await folder.read(RECORD);
    if (record) await folder.remove(RECORD);
    const known = parseRecord(record, now);
    for (let attempt = 1; ; attempt++) {
      const manifest = await manifestOf(folder);
      if (manifest === undefined) return new LevelCheck(folder, []);
      try {
        return new LevelCheck(folder, await checkTables(folder, manifest, { known, now }));
      } catch (error) {
        // Somebody has it open: tables go when they have been replaced, which the manifest tells first. Opening will find the lock.
        const isDamage = isCodedError(error) && error.code === 'CORE_LEVEL_DAMAGED';
        if (!isDamage || attempt === ATTEMPTS) throw error;
        if (isSame(manifest, await manifestOf(folder))) throw error;
      }
    }
  }

  /** Note which tables were checked. The database must be closed, and without a fault. */
  async closed(): Promise<void> {
    const lines = this.#lines;
    this.#lines = [];
    try {
      if (lines.length > 0) await this.#folder.write(RECORD, lines.join('\n'));
    } catch {
      // Where it is missing, all tables are checked again.
    }
  }
}

interface Manifest {
  readonly name: string;
  readonly bytes: Uint8Array;
}

function isSame(manifest: Manifest, after: Manifest | undefined): boolean {
  return after?.name === manifest.name && after.bytes.length === manifest.bytes.length;
}

/** Read the manifest; undefined if there is no database yet. */
async function manifestOf(folder: LevelFolder): Promise<Manifest | undefined> {
  for (let attempt = 1; ; attempt++) {
    const current = await folder.read('CURRENT');
    if (!current) {
      checkNew(await folder.names());
      return undefined;
    }
    const name = nameIn(current);
    const bytes = await folder.read(name);
    if (bytes) return { name, bytes };
    if (attempt === ATTEMPTS) throw levelDamage(`${name} is gone`);
  }
}

/**
 * LevelDB begins a new database where it finds no CURRENT, whatever else is there. The first thing that it writes, and all that a crash can
 * leave without a CURRENT, is its first manifest.
 */
function checkNew(names: readonly string[]): void {
  const left = names.find((name) => {
    const manifest = /^MANIFEST-(\d+)$/.exec(name)?.[1];
    return /^\d+\.(log|ldb|sst)$/.test(name) || (manifest !== undefined && Number(manifest) > 1);
  });
  if (left !== undefined) throw levelDamage(`CURRENT is gone, ${left} is there`);
}

function nameIn(current: Uint8Array): string {
  const name = /^(MANIFEST-\d+)\n$/.exec(latin1(current))?.[1];
  if (name === undefined) throw levelDamage('CURRENT names no manifest');
  return name;
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 64));
}

async function checkTables(
  folder: LevelFolder,
  manifest: Manifest,
  { known, now }: { readonly known: ReadonlyMap<string, number>; readonly now: number },
): Promise<string[]> {
  const tables = readLevelManifest(manifest.bytes).values();
  const lines: string[] = [];
  const reader = async (): Promise<void> => {
    for (const table of tables) {
      const name = await nameOf(folder, table);
      const place = `${name} ${await folder.stamp(name)}`;
      const checkedAt = known.get(place);
      if (checkedAt === undefined) await checkTable(folder, name, table);
      lines.push(`${place} ${checkedAt ?? now}`);
    }
  };
  await Promise.all(Array.from({ length: READERS }, reader));
  return lines;
}

/** Tables of old versions have another name. */
async function nameOf(folder: LevelFolder, { number }: LevelTable): Promise<string> {
  const digits = String(number).padStart(6, '0');
  const [name, old] = [`${digits}.ldb`, `${digits}.sst`];
  if ((await folder.stamp(name)) !== undefined) return name;
  if ((await folder.stamp(old)) !== undefined) return old;
  throw levelDamage(`${name} is gone`);
}

async function checkTable(folder: LevelFolder, name: string, table: LevelTable): Promise<void> {
  const bytes = await folder.read(name);
  if (!bytes) throw levelDamage(`${name} is gone`);
  if (bytes.length !== table.bytes) {
    throw levelDamage(`${name}: expected ${table.bytes} bytes, got ${bytes.length}`);
  }
  checkLevelTable(bytes, name, table);
}

/** Read which tables were checked when, by name and stamp. What cannot be read was not checked. */
function parseRecord(record: Uint8Array | undefined, now: number): Map<string, number> {
  const known = new Map<string, number>();
  let text = '';
  try {
    text = record ? parseUtf8(record) : '';
  } catch {
    return known;
  }
  for (const line of text.split('\n')) {
    const [, place, time] = /^(\S+ \S+) (\d+)$/.exec(line) ?? [];
    const checkedAt = Number(time);
    const isFresh = checkedAt <= now && now - checkedAt < RECHECK_MS;
    if (place !== undefined && isFresh) known.set(place, checkedAt);
  }
  return known;
}
