import { getHashes } from 'node:crypto';
import type { Command } from 'commander';
import type { HashSuite } from '@anchorlog/core';
import { nodeSm3 } from '@anchorlog/core/node';
import { collect, outputOf, type Context } from '../context.ts';
import { EXIT } from '../exit.ts';
import { readBounded } from '../file.ts';
import { paint } from '../output.ts';
import { sealText } from '../seal-text.ts';
import { sealVerdict } from '../seal-verdict.ts';
import { UsageError } from '../trouble.ts';

interface InspectFlags {
  readonly trust?: readonly string[];
  readonly verbose?: boolean;
}

/** `anchorlog seal inspect FILE`: an OFD, a seal or a seal signature, offline. */
export function addInspect(seal: Command, context: Context): void {
  const { say } = context;
  seal
    .command('inspect')
    .description(
      say(
        '离线查验 OFD 文件中的签章，或单独的印章、签章文件',
        'check the seal signatures of an OFD file, or a seal or signature by itself, offline',
      ),
    )
    .argument(
      '<file>',
      say(
        'OFD 文件，或 .esl、.sig；- 为标准输入',
        'an OFD, .esl or .sig file; - for standard input',
      ),
    )
    .option(
      '--trust <certificate>',
      say(
        '您信任的制章者证书：文件（DER 或 PEM）或其 SHA-256；可多次给出',
        'certificate of a seal maker that you trust: a file (DER or PEM), or its SHA-256; may be given several times',
      ),
      collect,
    )
    .option('--verbose', say('列出每一项检查与摘要', 'show every check, and the digests'))
    .action(async (path: string, flags: InspectFlags, command: Command) => {
      const output = outputOf(command, context);
      const trusted = flags.trust && new Set(await Promise.all(flags.trust.map(fingerprintOf)));
      const { inspectFile, ZIP_LIMITS } = await import('@anchorlog/eseal');
      const bytes = await readBounded(path, ZIP_LIMITS.bytes);
      const inspection = inspectFile(bytes, { trusted, hash: platformSm3() });
      const verdict = sealVerdict(inspection);
      const facts = sealText(inspection, { say, verbose: flags.verbose === true });
      const first = `${verdict.sign} ${say(...verdict.words)}`;
      await output.result(inspection, [paint(verdict.colour, first), facts].join('\n'));
      process.exitCode = EXIT[verdict.exit].code;
    });
}

const FINGERPRINT = /^[0-9a-f]{64}$/;
const CERTIFICATE_BYTES = 1_000_000;
const PEM = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/;

/** Give the SHA-256 of a certificate, which may be given in the colons of other programs too. */
async function fingerprintOf(given: string): Promise<string> {
  const digits = given.replaceAll(':', '').toLowerCase();
  if (FINGERPRINT.test(digits)) return digits;
  const bytes = await readBounded(given, CERTIFICATE_BYTES);
  const [, body] = PEM.exec(Buffer.from(bytes).toString('latin1')) ?? [];
  const { parseCertificate } = await import('@anchorlog/eseal');
  try {
    return parseCertificate(body === undefined ? bytes : Buffer.from(body, 'base64')).fingerprint;
  } catch {
    throw new UsageError([`不是证书：${given}`, `this is not a certificate: ${given}`]);
  }
}

/** Some builds of Node have no SM3. */
function platformSm3(): HashSuite | undefined {
  return getHashes().includes('sm3') ? nodeSm3 : undefined;
}
