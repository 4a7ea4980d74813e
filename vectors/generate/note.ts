import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { checkpointCases, receiptCases } from './checkpoint-cases.ts';
import {
  type Key,
  type Case,
  keyOf,
  typedOf,
  keyIdOf,
  vkeyFrom,
  vkeyOf,
  signedBy,
  line,
  signatureOf,
  lineOf,
  noteOf,
  flip,
  alice,
  bob,
  witness,
  trailing,
  vectorFile,
} from './note-parts.ts';

// Cases of verifier keys and signed notes (spec/log §4).

const badKey = (what: string, vkey: string, code = 'TLOG_KEY_MALFORMED'): Case => ({
  name: what,
  vkey,
  code,
});

const partsOf = (k: Key): object => ({
  vkey: vkeyOf(k),
  keyName: k.name,
  keyId: keyIdOf(k).readUInt32BE(),
  algorithm: k.type === 1 ? 'Ed25519' : 'Ed25519-cosignature',
  publicKey: k.publicKey.toString('base64'),
});

function keyCases(): Case[] {
  const good = vkeyOf(alice);
  const [name, id, base64] = good.split(/\+(.{8})\+/) as [string, string, string]; // matched: made above
  const key = typedOf(alice);
  return [
    { name: 'a key', ...partsOf(alice) },
    { name: 'a key with a path as name', ...partsOf(bob) },
    { name: 'a key with a name outside of ASCII', ...partsOf(keyOf('某省.example/证照')) },
    { name: 'a key of a witness', ...partsOf(witness) },
    badKey('empty', ''),
    badKey('name only', name),
    badKey('no key', `${name}+${id}`),
    badKey('empty key', `${name}+${id}+`),
    badKey('empty name', vkeyFrom('', key)),
    badKey('a space in the name', vkeyFrom('alice smith', key)),
    badKey('a no-break space in the name', vkeyFrom('alice\u00a0smith', key)),
    badKey('a plus sign in the name', vkeyFrom('alice+smith', key)),
    badKey('a control character in the name', vkeyFrom('alice\u0001', key)),
    badKey('a space in front', ` ${good}`),
    badKey('a newline behind', `${good}\n`),
    badKey('id in upper case', `${name}+${id.toUpperCase()}+${base64}`),
    badKey('id of 7 digits', `${name}+${id.slice(1)}+${base64}`),
    badKey('id of 9 digits', `${name}+0${id}+${base64}`),
    badKey('id of another key', `${name}+${keyIdOf(bob).toString('hex')}+${base64}`, 'TLOG_KEY_ID'),
    badKey('another name with this id', `bob+${id}+${base64}`, 'TLOG_KEY_ID'),
    badKey(
      'another type with this id',
      `${name}+${id}+${flip(key, 0).toString('base64')}`,
      'TLOG_KEY_ID',
    ),
    badKey(
      'base64 without padding',
      vkeyFrom(name, Buffer.concat([key, Buffer.of(7)])).replace(/=+$/, ''),
    ),
    badKey('base64url', `${name}+${id}+${base64.replaceAll('+', '-').replaceAll('/', '_')}-_`),
    badKey('base64 with trailing bits', trailing(vkeyFrom(name, key.subarray(0, 32)))),
    badKey('no type', vkeyFrom(name, Buffer.alloc(0))),
    badKey('key of 31 bytes', vkeyFrom(name, key.subarray(0, 32))),
    badKey('key of 33 bytes', vkeyFrom(name, Buffer.concat([key, Buffer.of(0)]))),
    badKey('the identity as key', vkeyFrom(name, point('01'))),
    badKey(
      'a key of small order',
      vkeyFrom(name, point('ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f')),
    ),
    badKey(
      'a key that is not canonical',
      vkeyFrom(name, point('eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f')),
    ),
    badKey('a key off the curve', vkeyFrom(name, point('02'))),
    badKey(
      'type 2, ECDSA',
      vkeyFrom(name, Buffer.concat([Buffer.of(2), alice.publicKey])),
      'TLOG_KEY_ALGORITHM',
    ),
    badKey(
      'type 5, RFC 6962',
      vkeyFrom(name, Buffer.concat([Buffer.of(5), alice.publicKey])),
      'TLOG_KEY_ALGORITHM',
    ),
    badKey(
      'type 255',
      vkeyFrom(name, Buffer.concat([Buffer.of(255), alice.publicKey])),
      'TLOG_KEY_ALGORITHM',
    ),
  ];
}
const point = (hex: string): Buffer => Buffer.from(`01${hex.padEnd(64, '0')}`, 'hex');
const TEXT = 'A text of two lines,\nsigned for test.\n';

function noteCases(): Case[] {
  const keys = [vkeyOf(alice)];
  const good = noteOf(TEXT, alice);
  const ok = (name: string, note: string, more: object = {}): Case => ({
    name,
    note,
    keys,
    text: TEXT,
    signedBy: [signedBy(alice)],
    ...more,
  });
  const bad = (
    name: string,
    note: string,
    code = 'TLOG_NOTE_MALFORMED',
    more: object = {},
  ): Case => ({ name, note, keys, ...more, code });
  const [body, signature] = [`${TEXT}\n`, signatureOf(alice, TEXT)];
  const id = keyIdOf(alice);
  const invalid = (name: string, bytes: Buffer): Case =>
    bad(name, `${body}${line('alice', id, bytes)}`, 'TLOG_SIGNATURE_INVALID');
  const unknown = Array.from({ length: 100 }, (_, i) =>
    line(`key${i}`, Buffer.from([0, 0, 0, i]), Buffer.of(1)),
  );
  const texts = {
    'an empty line in the text': 'one\n\ntwo\n',
    'a text of one newline': '\n',
    'a text that is a note itself': good,
    'a text outside of ASCII': '电子证照\n',
    'a delete character in the text': 'a\u007fb\n',
  };
  const order = Buffer.from(
    'edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010',
    'hex',
  );
  return [
    ok('one signature', good),
    ok('two known signatures', noteOf(TEXT, alice, bob), {
      keys: [vkeyOf(alice), vkeyOf(bob)],
      signedBy: [signedBy(alice), signedBy(bob)],
    }),
    ok('an unknown signature behind', noteOf(TEXT, alice, bob)),
    ok('an unknown signature in front', noteOf(TEXT, bob, alice)),
    ok('an unknown signature of one byte', `${good}${line('bob', Buffer.alloc(4), Buffer.of(1))}`),
    ok('the same signature twice', noteOf(TEXT, alice, alice)),
    ok(
      'a second, false line by the key whose first line is good',
      `${good}${line('alice', id, flip(signature, 9))}`,
    ),
    ok('100 signatures', `${body}${lineOf(alice, TEXT)}${unknown.slice(1).join('')}`),
    ok('a known key twice that did not sign', good, { keys: [...keys, vkeyOf(bob), vkeyOf(bob)] }),
    ...Object.entries(texts).map(([name, text]) => ok(name, noteOf(text, alice), { text })),
    bad('101 signatures', `${body}${lineOf(alice, TEXT)}${unknown.join('')}`, 'TLOG_NOTE_LIMIT'),
    bad('no known key', good, 'TLOG_NOTE_UNSIGNED', { keys: [] }),
    bad('another known key', good, 'TLOG_NOTE_UNSIGNED', { keys: [vkeyOf(bob)] }),
    bad(
      'the id under another name',
      `${body}${line('alicia', id, signature)}`,
      'TLOG_NOTE_UNSIGNED',
    ),
    bad(
      'the name with another id',
      `${body}${line('alice', flip(id, 3), signature)}`,
      'TLOG_NOTE_UNSIGNED',
    ),
    bad('a known key twice that signed', good, 'TLOG_KEY_AMBIGUOUS', { keys: [...keys, ...keys] }),
    bad('a letter of the text changed', good.replace('two', 'ten'), 'TLOG_SIGNATURE_INVALID'),
    bad('a line added to the text', `more\n${good}`, 'TLOG_SIGNATURE_INVALID'),
    bad(
      'an empty line added to the text',
      `${TEXT}\n\n${lineOf(alice, TEXT)}`,
      'TLOG_SIGNATURE_INVALID',
    ),
    bad(
      'a false line by the key in front of its good one',
      `${body}${line('alice', id, flip(signature, 9))}${lineOf(alice, TEXT)}`,
      'TLOG_SIGNATURE_INVALID',
    ),
    bad(
      'a false signature beside a good one',
      `${good}${line(bob.name, keyIdOf(bob), flip(signatureOf(bob, TEXT), 0))}`,
      'TLOG_SIGNATURE_INVALID',
      { keys: [...keys, vkeyOf(bob)] },
    ),
    ...[0, 31, 32, 63].map((at) =>
      invalid(`bit flipped in byte ${at} of the signature`, flip(signature, at)),
    ),
    invalid('signature of zeros', Buffer.alloc(64)),
    invalid('signature of 63 bytes', signature.subarray(0, 63)),
    invalid('signature of 65 bytes', Buffer.concat([signature, Buffer.of(0)])),
    invalid(
      'signature with S beyond the order',
      Buffer.concat([signature.subarray(0, 32), add(signature.subarray(32), order)]),
    ),
    invalid('signature over the text without its newline', signatureOf(alice, TEXT.trimEnd())),
    invalid('signature over text and empty line', signatureOf(alice, body)),
    invalid('signature by another key under this id', signatureOf(bob, TEXT)),
    bad('empty', ''),
    bad('text only', TEXT),
    bad('no signature line', body),
    bad('no text', lineOf(alice, '')),
    bad('no empty line', `${TEXT}${lineOf(alice, TEXT)}`),
    bad('no newline at the end', good.slice(0, -1)),
    bad('an empty line at the end', `${good}\n`),
    bad('a line behind the signatures', `${good}more\n`),
    bad('lines end in CR LF', good.replaceAll('\n', '\r\n')),
    bad('a tab in the text', noteOf('a\tb\n', alice)),
    bad('a null in the text', noteOf('a\0b\n', alice)),
    bad('a hyphen for the dash', good.replace('— ', '- ')),
    bad('no space behind the dash', good.replace('— ', '—')),
    bad('two spaces behind the name', good.replace('— alice ', '— alice  ')),
    bad('a space at the end of the line', good.replace(/\n$/, ' \n')),
    bad('a name with a plus sign', `${good}${line('a+b', id, signature)}`),
    bad('a name with a no-break space', `${good}${line('a\u00a0b', id, signature)}`),
    bad('a line without signature', `${good}— bob\n`),
    bad('a signature that is an id only', `${good}${line('bob', id, Buffer.alloc(0))}`),
    bad('base64 without padding', good.replace(/=+\n$/, '\n')),
    bad('base64 with trailing bits', `${trailing(good.trimEnd())}\n`),
    {
      name: 'bytes that are not UTF-8',
      noteBase64: Buffer.concat([Buffer.of(0xff), Buffer.from(good)]).toString('base64'),
      keys,
      code: 'TLOG_NOTE_MALFORMED',
    },
  ];
}
/** Add two numbers of 32 bytes, little endian. */
function add(a: Buffer, b: Buffer): Buffer {
  const sum = Buffer.alloc(32);
  for (let i = 0, carry = 0; i < 32; i++) {
    carry += a[i]! + b[i]!;
    sum[i] = carry & 0xff;
    carry >>= 8;
  }
  return sum;
}

/** Make the vectors of keys, notes, checkpoints and receipts: path under vectors/ → text. */
export function generateNotes(): Record<string, string> {
  return {
    'note/keys.json': vectorFile('C2SP signed-note: verifier keys (vkey)', keyCases()),
    'note/notes.json': vectorFile('C2SP signed-note: which of `keys` signed `note`', noteCases()),
    'note/checkpoints.json': vectorFile(
      'C2SP tlog-checkpoint: is `note` a checkpoint of `origin` signed by `key`, and cosigned by which of `witnesses`',
      checkpointCases(),
    ),
    'note/receipts.json': vectorFile(
      'spec/log §6: is `note` a receipt of `origin` signed by `key`',
      receiptCases(),
    ),
  };
}

if (process.argv[1] === import.meta.filename) {
  for (const [path, text] of Object.entries(generateNotes())) {
    const target = new URL(`../${path}`, import.meta.url);
    mkdirSync(dirname(target.pathname), { recursive: true });
    writeFileSync(target, text);
  }
}
