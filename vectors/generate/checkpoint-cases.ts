import {
  type Case,
  sha256,
  keyOf,
  keyIdOf,
  vkeyOf,
  line,
  lineOf,
  noteOf,
  uint64,
  cosignature,
  cosigned,
  alice,
  log,
  receipts,
  witness,
  trailing,
} from './note-parts.ts';

// Cases of checkpoints and receipts (spec/log §5 and §6).

const ROOT = sha256('a root').toString('base64');
const INDEX = sha256('an index root').toString('base64');
const headText = (...lines: readonly (string | number)[]): string =>
  lines.map((l) => `${l}\n`).join('');

/** Cases of openCheckpoint. */
export function checkpointCases(): Case[] {
  const base = { origin: log.name, key: vkeyOf(log), witnesses: [vkeyOf(witness)] };
  const text = headText(log.name, 1041, ROOT, `index ${INDEX}`);
  const good = noteOf(text, log);
  const ok = (name: string, note: string, more: object = {}): Case => ({
    name,
    note,
    ...base,
    size: 1041,
    rootHash: ROOT,
    indexRoot: INDEX,
    extensions: [],
    cosignatures: [],
    ...more,
  });
  const bad = (name: string, note: string, code: string, more: object = {}): Case => ({
    name,
    note,
    ...base,
    ...more,
    code,
  });
  const malformed = (name: string, ...lines: readonly (string | number)[]): Case =>
    bad(name, noteOf(headText(...lines), log), 'TLOG_CHECKPOINT_MALFORMED');
  const time = 1_780_000_000n;
  const by = { name: witness.name, keyId: keyIdOf(witness).readUInt32BE(), time: Number(time) };
  const o = log.name;
  return [
    ok('with an index root', good),
    ok('without', noteOf(headText(o, 1041, ROOT), log), { indexRoot: undefined }),
    ok('an extension', noteOf(headText(o, 1041, ROOT, 'a further line'), log), {
      indexRoot: undefined,
      extensions: ['a further line'],
    }),
    ok(
      'index root and extension',
      noteOf(headText(o, 1041, ROOT, `index ${INDEX}`, 'x', 'y'), log),
      { extensions: ['x', 'y'] },
    ),
    ok('the empty tree', noteOf(headText(o, 0, sha256('').toString('base64')), log), {
      size: 0,
      rootHash: sha256('').toString('base64'),
      indexRoot: undefined,
    }),
    ok('size 2^53 - 1', noteOf(headText(o, '9007199254740991', ROOT), log), {
      size: Number.MAX_SAFE_INTEGER,
      indexRoot: undefined,
    }),
    ok('an origin with spaces', noteOf(headText('a log of 2026', 1, ROOT), log), {
      origin: 'a log of 2026',
      size: 1,
      indexRoot: undefined,
    }),
    ok('cosigned by a known witness', `${good}${cosigned(witness, text, time)}`, {
      cosignatures: [by],
    }),
    ok(
      'cosigned by an unknown witness',
      `${good}${cosigned(keyOf('other.example', 4), text, time)}`,
    ),
    ok('the witness in front', `${text}\n${cosigned(witness, text, time)}${lineOf(log, text)}`, {
      cosignatures: [by],
    }),
    bad('another origin', good, 'TLOG_ORIGIN_MISMATCH', { origin: 'example.gov/seals' }),
    bad('origin in other case', good, 'TLOG_ORIGIN_MISMATCH', { origin: 'Example.gov/licenses' }),
    bad('signed by another key', noteOf(text, alice), 'TLOG_NOTE_UNSIGNED'),
    bad('signed by the key of receipts', noteOf(text, receipts), 'TLOG_NOTE_UNSIGNED'),
    bad(
      'a witness, but not the log',
      `${text}\n${cosigned(witness, text, time)}`,
      'TLOG_NOTE_UNSIGNED',
    ),
    bad(
      'the witness taken for the log',
      `${text}\n${cosigned(witness, text, time)}`,
      'TLOG_NOTE_UNSIGNED',
      { key: vkeyOf(witness), witnesses: [] },
    ),
    bad('the size changed', good.replace('1041', '1042'), 'TLOG_SIGNATURE_INVALID'),
    bad('the index line removed', good.replace(/index .*\n/, ''), 'TLOG_SIGNATURE_INVALID'),
    bad(
      'cosignature of another time',
      `${good}${line(witness.name, keyIdOf(witness), Buffer.concat([uint64(time + 1n), cosignature(witness, text, time).subarray(8)]))}`,
      'TLOG_SIGNATURE_INVALID',
    ),
    bad('cosignature without time', `${good}${lineOf(witness, text)}`, 'TLOG_SIGNATURE_INVALID'),
    bad(
      'cosignature of a text without the index line',
      `${good}${cosigned(witness, headText(o, 1041, ROOT), time)}`,
      'TLOG_SIGNATURE_INVALID',
    ),
    bad(
      'cosignature of a time of 2^53',
      `${good}${cosigned(witness, text, 2n ** 53n)}`,
      'TLOG_SIGNATURE_INVALID',
    ),
    malformed('no root', o, 1041),
    malformed('only the origin', o),
    malformed('an empty origin', '', 1041, ROOT),
    malformed('a size with a leading zero', o, '01041', ROOT),
    malformed('a size with a sign', o, '+1041', ROOT),
    malformed('a negative size', o, '-1', ROOT),
    malformed('a size in hexadecimal', o, '0x10', ROOT),
    malformed('a size with a space', o, ' 1041', ROOT),
    malformed('a size with an exponent', o, '1e3', ROOT),
    malformed('an empty size', o, '', ROOT),
    malformed('size 2^53', o, '9007199254740992', ROOT),
    malformed('a root of 31 bytes', o, 1041, sha256('a root').subarray(1).toString('base64')),
    malformed('a root of 33 bytes', o, 1041, Buffer.alloc(33).toString('base64')),
    malformed('a root without padding', o, 1041, ROOT.replace(/=+$/, '')),
    malformed('a root with trailing bits', o, 1041, trailing(ROOT)),
    malformed('a root in hexadecimal', o, 1041, sha256('a root').toString('hex')),
    malformed('an empty line', o, 1041, ROOT, '', 'x'),
    malformed('two index lines', o, 1041, ROOT, `index ${INDEX}`, `index ${ROOT}`),
    malformed('the index line behind an extension', o, 1041, ROOT, 'x', `index ${INDEX}`),
    malformed(
      'an index root of 31 bytes',
      o,
      1041,
      ROOT,
      `index ${Buffer.alloc(31).toString('base64')}`,
    ),
    malformed('an empty index root', o, 1041, ROOT, 'index '),
    malformed('65 extensions', o, 1041, ROOT, ...Array.from({ length: 65 }, (_, i) => `line ${i}`)),
  ];
}

/** Cases of openReceipt. */
export function receiptCases(): Case[] {
  const base = { origin: log.name, key: vkeyOf(receipts) };
  const [time, anchorBy] = ['2026-03-12T02:15:02.480Z', '2026-03-13T02:15:02.480Z'];
  const o = log.name;
  const lines = [o, 1041, ROOT, `time ${time}`, `anchorBy ${anchorBy}`] as const;
  const text = headText(...lines);
  const good = noteOf(text, receipts);
  const bad = (name: string, note: string, code: string, more: object = {}): Case => ({
    name,
    note,
    ...base,
    ...more,
    code,
  });
  const malformed = (name: string, ...changed: readonly (string | number)[]): Case =>
    bad(name, noteOf(headText(...changed), receipts), 'TLOG_RECEIPT_MALFORMED');
  const fields = { size: 1041, rootHash: ROOT, time, anchorBy };
  return [
    { name: 'a receipt', note: good, ...base, ...fields },
    {
      name: 'anchored at once',
      note: noteOf(headText(...lines.slice(0, 4), `anchorBy ${time}`), receipts),
      ...base,
      ...fields,
      anchorBy: time,
    },
    {
      name: "the log's other signature beside it",
      note: noteOf(text, log, receipts),
      ...base,
      ...fields,
    },
    bad('signed by the key of checkpoints', noteOf(text, log), 'TLOG_NOTE_UNSIGNED'),
    bad('the key of checkpoints as key', noteOf(text, log), 'TLOG_KEY_NAME', { key: vkeyOf(log) }),
    bad('the key of another log', good, 'TLOG_KEY_NAME', { origin: 'example.gov/seals' }),
    bad(
      'another origin in the text',
      noteOf(headText('example.gov/seals', ...lines.slice(1)), receipts),
      'TLOG_ORIGIN_MISMATCH',
    ),
    bad(
      'the time changed',
      good.replace('time 2026-03-12', 'time 2026-03-11'),
      'TLOG_SIGNATURE_INVALID',
    ),
    bad(
      'the promise changed',
      good.replace('anchorBy 2026-03-13', 'anchorBy 2027-03-13'),
      'TLOG_SIGNATURE_INVALID',
    ),
    malformed('a checkpoint', o, 1041, ROOT),
    malformed('no promise', ...lines.slice(0, 4)),
    malformed('no time', ...lines.slice(0, 3), lines[4]),
    malformed('the lines exchanged', ...lines.slice(0, 3), lines[4], lines[3]),
    malformed('a line too many', ...lines, 'x'),
    malformed('size 0', o, 0, ...lines.slice(2)),
    malformed('a size with a leading zero', o, '01', ...lines.slice(2)),
    malformed(
      'a root of 31 bytes',
      o,
      1041,
      Buffer.alloc(31).toString('base64'),
      ...lines.slice(3),
    ),
    malformed(
      'a time with another offset',
      ...lines.slice(0, 3),
      'time 2026-03-12T10:15:02.480+08:00',
      lines[4],
    ),
    malformed(
      'a time without milliseconds',
      ...lines.slice(0, 3),
      'time 2026-03-12T02:15:02Z',
      lines[4],
    ),
    malformed(
      'a time that does not exist',
      ...lines.slice(0, 3),
      'time 2026-02-30T02:15:02.480Z',
      lines[4],
    ),
    malformed(
      'a promise before the time',
      ...lines.slice(0, 4),
      'anchorBy 2026-03-12T02:15:02.479Z',
    ),
    malformed('two spaces behind time', ...lines.slice(0, 3), `time  ${time}`, lines[4]),
  ];
}
