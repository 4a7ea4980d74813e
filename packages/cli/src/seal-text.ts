import { ESEAL_CODES } from '@anchorlog/eseal';
import type { Check, CheckName, OfdSignatureInspection } from '@anchorlog/eseal';
import type { CertificateReport, SealReport, SignatureReport } from '@anchorlog/eseal';
import { parseInstant } from '@anchorlog/core';
import type { Said, Say } from './language.ts';
import { alignFacts } from './output.ts';
import type { Inspection } from './seal-verdict.ts';
import { visible } from './visible.ts';

type Fact = readonly [name: string, value: string];

interface TextOptions {
  readonly say: Say;
  readonly verbose: boolean;
}

/** Say what an inspection found, under its verdict: facts aligned, then what did not pass. */
export function sealText(inspection: Inspection, options: TextOptions): string {
  const { say, verbose } = options;
  switch (inspection.kind) {
    case 'seal':
      return block(sealFacts(inspection.seal, options), inspection.checks, options);
    case 'signature':
      return block(signatureFacts(inspection.signature, options), inspection.checks, options);
    case 'ofd': {
      const { digests, files, signatures } = inspection;
      const facts: Fact[] = [[say('文件数', 'Files'), String(files)]];
      if (verbose) facts.push(['SM3', groups(digests.sm3)], ['SHA-256', groups(digests.sha256)]);
      const parts = signatures.map((signature) => entryText(signature, options));
      return [aligned(facts), ...parts].join('\n');
    }
  }
}

function entryText(entry: OfdSignatureInspection, options: TextOptions): string {
  const { say } = options;
  const { id, path, signature, protectedFiles, unprotected } = entry;
  const title = visible(`${say('签章', 'Signature')} ${id}  ${path}`);
  const facts: Fact[] = signature ? signatureFacts(signature, options) : [];
  const whole = protectedFiles.filter(({ outcome }) => outcome === 'pass').length;
  facts.push([
    say('受保护文件', 'Protected files'),
    say(
      `${protectedFiles.length} 个，其中 ${whole} 个未变`,
      `${protectedFiles.length}, of which ${whole} are as they were`,
    ),
  ]);
  const bad = protectedFiles.filter(({ outcome }) => outcome !== 'pass');
  for (const { path: file, code } of bad.slice(0, FILES_SHOWN)) {
    facts.push([say('  其中', '  of these'), `${file} · ${code}`]);
  }
  if (bad.length > FILES_SHOWN) facts.push(['', '…']);
  if (unprotected.length > 0) {
    const shown = unprotected.slice(0, FILES_SHOWN).join(say('、', ', '));
    const more = unprotected.length > FILES_SHOWN ? ' …' : '';
    facts.push([say('不受保护', 'Not protected'), `${unprotected.length}: ${shown}${more}`]);
  }
  return [title, block(facts, entry.checks, options)].join('\n');
}

/** The whole list is in the JSON. */
const FILES_SHOWN = 10;

function signatureFacts(signature: SignatureReport, options: TextOptions): Fact[] {
  const { say, verbose } = options;
  const { signer, signTime, timestampDigest, signedDigest, signatureDigest, seal } = signature;
  const facts: Fact[] = [
    ...sealFacts(seal, options),
    [say('签章者', 'Signed by'), person(signer, options)],
    [
      say('签章时间', 'Signed at'),
      signTime === undefined
        ? say('只在时间戳里', 'only in the timestamp token')
        : `${local(signTime)}${say('（签章者自称）', ' (as the signer says)')}`,
    ],
    [
      say('时间戳', 'Timestamp'),
      timestampDigest === undefined
        ? say('无', 'none')
        : say('有，本程序未核验', 'there is one; not verified by this program'),
    ],
  ];
  if (!verbose) return facts;
  facts.push([say('原文杂凑值', 'Signed digest'), groups(signedDigest)]);
  facts.push([say('签章值摘要', 'Signature digest'), groups(signatureDigest)]);
  if (timestampDigest !== undefined) {
    facts.push([say('时间戳摘要', 'Token digest'), groups(timestampDigest)]);
  }
  return facts;
}

function sealFacts(seal: SealReport, options: TextOptions): Fact[] {
  const { say, verbose } = options;
  const { name, id, format, maker, validFrom, validTo, digest, picture } = seal;
  const facts: Fact[] = [
    [say('印章', 'Seal'), `${name} · ${id}`],
    [say('格式', 'Format'), format],
    [say('制章者', 'Made by'), person(maker, options)],
    [say('印章有效期', 'Seal valid'), `${local(validFrom)} – ${local(validTo)}`],
  ];
  if (!verbose) return facts;
  facts.push([say('印章数据摘要', 'Seal digest'), groups(digest)]);
  facts.push([say('印章图像摘要', 'Picture digest'), groups(picture.digest)]);
  return facts;
}

function person(certificate: CertificateReport, { say, verbose }: TextOptions): string {
  const { subject, serial, fingerprint } = certificate;
  const shown = `${subject} · ${say('证书序列号', 'certificate')} ${serial}`;
  return verbose ? `${shown} · SHA-256 ${fingerprint}` : shown;
}

function block(facts: readonly Fact[], checks: readonly Check[], options: TextOptions): string {
  const { say, verbose } = options;
  const shown = verbose
    ? checks
    : checks.filter(({ outcome }) => SIGNS[outcome] !== '✔' && outcome !== 'skip');
  const lines = shown.map(({ name, outcome, code }) => {
    const line = `  ${SIGNS[outcome]} ${say(...CHECKS[name])}`;
    return code === undefined ? line : `${line}${say('：', ': ')}${code}${meaningOf(code, say)}`;
  });
  return [aligned(facts), ...lines].join('\n');
}

const SIGNS = { pass: '✔', fail: '✘', unknown: '?', skip: '–' } as const;

/** The table of codes is in English; in Chinese the code stands by the name of the check. */
function meaningOf(code: string, say: Say): string {
  const codes: Readonly<Record<string, string>> = ESEAL_CODES;
  const meaning = codes[code];
  return meaning === undefined ? '' : say('', `, ${meaning}`);
}

const CHECKS: Readonly<Record<CheckName, Said>> = {
  form: ['签章数据的格式', 'form of the signature data'],
  sealSignature: ['制章者对印章的签名', "maker's signature on the seal"],
  sealFile: ['所附印章即签章所用的印章', 'the seal file is the seal that signed'],
  signerListed: ['签章者在印章的名单内', 'the seal lists the signer'],
  extensions: ['扩展项', 'extensions'],
  place: ['签章的位置', 'place of the signature'],
  data: ['所签的内容', 'what was signed'],
  signature: ['签章者的签名', "signer's signature"],
  protectedFiles: ['受保护的文件', 'protected files'],
  coverage: ['全部文件受保护', 'all files are protected'],
  sealValidity: ['签章时印章有效', 'seal valid when signed'],
  certificateValidity: ['签章时证书有效', 'certificate valid when signed'],
  timestamp: ['时间戳（未核验）', 'timestamp (not verified)'],
};

function aligned(facts: readonly Fact[]): string {
  return alignFacts(facts.map(([name, value]) => [name, visible(value)] as const));
}

/** Digits in groups of four, to be compared by eye. */
function groups(hex: string): string {
  return hex.replace(/(.{4})(?=.)/g, '$1 ');
}

const OFFSET_MS = 8 * 3_600_000;

/** `2026-03-12 10:15:10 +08:00` */
function local(instant: string): string {
  const text = new Date(parseInstant(instant) + OFFSET_MS).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 19)} +08:00`;
}
