import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { refusal } from '../../../test/refusal.ts';
import { openZip, ZIP_LIMITS } from '../src/index.ts';
import { makeZip, type ZipEntry, type ZipParts } from './zip-writer.ts';

const content = Buffer.from('content '.repeat(20));
const a: ZipEntry = { name: 'a.xml', content };
const open = (entries: readonly ZipEntry[], parts?: ZipParts): string =>
  refusal(() => openZip(makeZip(entries, parts)));
const read = (entry: Partial<ZipEntry>): string =>
  refusal(() => openZip(makeZip([{ ...a, ...entry }])).read('a.xml'));
const named = (name: string): string => open([{ name, content }]);

describe('openZip', () => {
  test('reads packed and stored files, with and without data descriptors, and folders', () => {
    const zip = openZip(
      makeZip([
        a,
        { name: 'b/', content: new Uint8Array(), stored: true },
        { name: 'b/c', content, stored: true },
        { name: '页.xml', content, descriptor: 'signed' },
        { name: 'd', content, descriptor: 'bare' },
        { name: 'empty', content: new Uint8Array() },
      ]),
    );
    expect(zip.names).toEqual(['a.xml', 'b/c', '页.xml', 'd', 'empty']);
    for (const name of zip.names.slice(0, 4)) expect(Buffer.from(zip.read(name))).toEqual(content);
    expect(zip.read('empty')).toHaveLength(0);
    expect(refusal(() => zip.read('b/'))).toBe('ESEAL_OFD_MISSING');
  });

  test('reads what another writer makes, in one piece and of several megabytes', () => {
    const large = Buffer.alloc(3_000_000, 'some text, and some more of it; ');
    const zip = openZip(zipSync({ large: [large, { level: 1 }], small: content }), {
      ...ZIP_LIMITS,
      ratio: 1000,
    });
    expect(Buffer.from(zip.read('large')).equals(large)).toBe(true);
    expect(Buffer.from(zip.read('small'))).toEqual(content);
  });

  test.for([
    '../a',
    'b/../a',
    '/a',
    'b//a',
    './a',
    'b/./a',
    '..',
    'b\\a',
    'C:a',
    'a\0b',
    'a\nb',
    '',
    '/',
    'x'.repeat(600),
  ])('refuses the name %j', (name) => {
    expect(named(name)).toBe('ESEAL_ZIP_NAME');
  });

  test('refuses two files of one name, also if only letters differ in case, or one is a folder', () => {
    expect(open([a, a])).toBe('ESEAL_ZIP_DUPLICATE');
    expect(open([a, { ...a, name: 'A.XML' }])).toBe('ESEAL_ZIP_DUPLICATE');
    const folder = { name: 'a.xml/', content: new Uint8Array(), stored: true };
    expect(open([a, folder])).toBe('ESEAL_ZIP_DUPLICATE');
  });

  test('refuses folders that are nested too deep', () => {
    expect(named(`${'d/'.repeat(15)}a`)).toBe('accepted');
    expect(named(`${'d/'.repeat(16)}a`)).toBe('ESEAL_ZIP_DEPTH');
  });

  test('refuses a file that unpacks to many times its size, before it unpacks it', () => {
    expect(open([{ name: 'bomb', content: Buffer.alloc(20_000_000) }])).toBe('ESEAL_ZIP_RATIO');
  });

  test('refuses more files, and more bytes in all, than are read', () => {
    const bytes = makeZip([a, { ...a, name: 'b' }]);
    const within = (limits: object): string =>
      refusal(() => openZip(bytes, { ...ZIP_LIMITS, ...limits }));
    expect(within({})).toBe('accepted');
    expect(within({ files: 1 })).toBe('ESEAL_ZIP_LIMIT');
    expect(within({ total: 2 * content.length - 1 })).toBe('ESEAL_ZIP_LIMIT');
    expect(within({ bytes: bytes.length - 1 })).toBe('ESEAL_ZIP_LIMIT');
  });

  test('refuses files that share bytes', () => {
    expect(open([a, { ...a, name: 'a.xmL', localName: 'a.xml', offset: 0 }])).toMatch(
      /ESEAL_ZIP_(DUPLICATE|FORM)/,
    );
    const inner = makeZip([{ name: 'b', content, stored: true }]).subarray(
      0,
      30 + 1 + content.length,
    );
    const outer: ZipEntry = { name: 'a', content: inner, stored: true };
    const shared: ZipEntry = { name: 'b', content, stored: true, offset: 31 };
    expect(open([outer, shared])).toBe('ESEAL_ZIP_OVERLAP');
  });

  test.for([
    ['no end record', () => new Uint8Array(40)],
    ['fewer bytes than an end record', () => new Uint8Array(4)],
    ['bytes after its end', () => Buffer.concat([makeZip([a]), Buffer.from('x')])],
    ['a comment', () => makeZip([a], { comment: Buffer.from('x') })],
    ['bytes before its first file', () => makeZip([a], { before: Buffer.from('MZ') })],
    ['bytes before its directory', () => makeZip([a], { between: Buffer.from('x') })],
    ['a file that its directory leaves out', () => makeZip([a, { ...a, name: 'b' }], { count: 1 })],
    ['another name in its local header', () => makeZip([{ ...a, localName: 'b.xml' }])],
    ['another descriptor than its directory says', () => makeZip([{ ...a, descriptor: 'wrong' }])],
    ['a local header that is elsewhere', () => makeZip([{ ...a, offset: 3 }])],
    ['a local header beyond its end', () => makeZip([{ ...a, offset: 1_000_000 }])],
    ['a stored file of two sizes', () => makeZip([{ ...a, stored: true, size: 5 }])],
    ['a folder with content', () => makeZip([{ name: 'b/', content }])],
  ] as const)('refuses %s', ([, make]) => {
    expect(refusal(() => openZip(make()))).toBe('ESEAL_ZIP_FORM');
  });

  test.for([
    ['is encrypted', () => makeZip([{ ...a, flags: 0x0801 }])],
    ['hides its directory', () => makeZip([{ ...a, flags: 0x2800 }])],
    ['is packed in another way', () => makeZip([{ ...a, method: 14 }])],
    ['is of ZIP64', () => makeZip([{ ...a, size: 0xffffffff }])],
    ['is split', () => makeZip([a], { disk: 1 })],
  ] as const)('refuses one that %s', ([, make]) => {
    expect(refusal(() => openZip(make()))).toBe('ESEAL_ZIP_UNSUPPORTED');
  });

  test('refuses content of another size or checksum than the directory says', () => {
    expect(read({})).toBe('accepted');
    expect(read({ crc: 1 })).toBe('ESEAL_ZIP_CHECKSUM');
    expect(read({ size: content.length - 1 })).toBe('ESEAL_ZIP_CHECKSUM');
    expect(read({ size: content.length + 1 })).toBe('ESEAL_ZIP_CHECKSUM');
    expect(read({ packed: Buffer.from('not packed at all') })).toBe('ESEAL_ZIP_CHECKSUM');
  });

  test('gives up on a file that unpacks to more than it says', () => {
    const bomb = { name: 'a.xml', content: Buffer.alloc(50_000_000), size: 1000 };
    expect(refusal(() => openZip(makeZip([bomb])).read('a.xml'))).toBe('ESEAL_ZIP_CHECKSUM');
  });
});
