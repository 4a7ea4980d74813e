import {
  CONTENT,
  documentFiles,
  LIST,
  makeOfd,
  replaceIn,
  SEAL,
  sealedFiles,
  VALUE,
  zipOf,
} from '../../eseal/test/ofd-maker.ts';
import { makeZip } from '../../eseal/test/zip-writer.ts';
import { MAKER } from '../../eseal/test/seal-maker.ts';

// make-ofd KIND: prints a sealed OFD file, or a part of one, made for tests.
const MADE: Readonly<Record<string, () => Uint8Array>> = {
  v1: () => makeOfd({ version: 1 }),
  v4: () => makeOfd({ version: 4 }),
  v5: () => makeOfd({ version: 5, token: Buffer.from('token') }),
  altered: () => makeOfd({ after: (files) => files.set(CONTENT, Buffer.from('other')) }),
  added: () => makeOfd({ after: (files) => files.set('Doc_0/extra.xml', Buffer.from('x')) }),
  early: () => makeOfd({ time: '2025-06-01T00:00:00Z' }),
  md5: () => makeOfd({ checkMethod: 'MD5' }),
  unsigned,
  climbing: () => makeZip([{ name: '../OFD.xml', content: Buffer.from('x') }]),
  bomb: () => makeZip([{ name: 'OFD.xml', content: Buffer.alloc(50_000_000) }]),
  seal: () => sealedFiles().get(SEAL)!,
  signature: () => sealedFiles().get(VALUE)!,
  maker: () => MAKER.certificate,
};
function unsigned(): Uint8Array {
  const files = documentFiles();
  replaceIn(files, 'OFD.xml', `<ofd:Signatures>/${LIST}</ofd:Signatures>`, '');
  return zipOf(files);
}

const [kind = ''] = process.argv.slice(2);
const make = MADE[kind];
if (!make) throw new Error(`nothing of the kind "${kind}" is made`);
process.stdout.write(make());
