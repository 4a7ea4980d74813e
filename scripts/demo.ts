import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Findings,
  directorySource,
  headsFromFiles,
  matchDeliveries,
  replay,
  scanTrail,
} from '@anchorlog/audit';
import { parseUtf8 } from '@anchorlog/core';
import { nodeEd25519, nodeSha256 } from '@anchorlog/core/node';
import { createDevchain } from '@anchorlog/devchain';
import { qbftQuorum } from '@anchorlog/evm-proof';
import { createNotary, type Notary, type Receipt } from '@anchorlog/sdk';
import { profileByName } from '@anchorlog/profiles';
import { parseStatement } from '@anchorlog/statement';
import { formatBundle, parseTrustPolicy, verifyBundle, type Verdict } from '@anchorlog/verify';
import { explain } from '@anchorlog/verify/explain';
import { anchorRewritten, renamed, resealed, rewriteEntry, shortRoot } from './demo/attacks.ts';
import { crash } from './demo/crash.ts';
import {
  LICENSE_KEY,
  SUBJECT,
  demoRecords,
  generatedRecords,
  withheldStrings,
} from './demo/records.ts';
import { Screen } from './demo/screen.ts';
import { ORIGIN, blockOf, makeNotary, operatorKey, rpc, setUpChain } from './demo/world.ts';

// The whole way once, on one screen. Every figure is measured in this run; everything is written to demo/.
const GENERATED = 20_000;
const BATCH = 5000;
const OPENED = ['/holderName', '/certificateNumber'];

const screen = new Screen();
const out = 'demo';
const scratch = await mkdtemp(join(tmpdir(), 'anchorlog-demo-'));
const dir = join(scratch, 'notary');
const document = 'examples/permit.ofd';
const permit = digests(await readFile(document));
await rm(out, { recursive: true, force: true });
await mkdir(out);

const records = await demoRecords(document);
const chain = await createDevchain();
const { seals: sealed } = await blockOf(chain.url, 1);
screen.check(sealed >= qbftQuorum(chain.validators.length), 'block 1 is sealed by a quorum');
screen.step(
  'chain',
  `${chain.validators.length} validators, block 1 sealed ${sealed}/${chain.validators.length} (embedded: the form of finality, not consensus)`,
  { timed: true },
);

await makeNotary(dir, records);
const settings = await setUpChain(dir, chain);
screen.step('contract', `AnchorRegistry ${settings.contract}  checks RFC 9162 consistency itself`, {
  timed: true,
});

const notary = await createNotary({ dir });
const receipts = new Map<string, Receipt>();
let licenseMs = 0;
for (const record of records) {
  const at = performance.now();
  receipts.set(record.key, await notary.notarize(record));
  if (record.key === LICENSE_KEY) licenseMs = performance.now() - at;
}
const license = receipts.get(LICENSE_KEY)!;
const reading = records.find(({ event }) => event === 'access.read')!;
const generated = generatedRecords(GENERATED, reading);
let appendMs = 0;
const anchored: string[] = [];
for (let batch = 0; batch * BATCH < GENERATED; batch++) {
  const at = performance.now();
  await Promise.all(
    generated.slice(batch * BATCH, (batch + 1) * BATCH).map((record) => notary.notarize(record)),
  );
  appendMs += performance.now() - at;
  const from = notary.status().anchoring?.latest?.size ?? 0;
  await notary.flush({ until: 'final' });
  anchored.push(await describeAnchor(batch + 1, from));
}
const rate = count(Math.round(GENERATED / (appendMs / 1000)));
screen.step(
  'notarize',
  `${records.length} records (licenses, seals, sharing) + ${count(GENERATED)} generated + permit.ofd, ${rate}/s`,
  { timed: true },
);
const withheld = withheldStrings(records);
const leaked = await countLeaked(notary, withheld);
screen.check(withheld.length > 0 && leaked === 0, 'no withheld claim stands in the log');
screen.more(`食品经营许可证 → index ${license.index}, on disk in ${licenseMs.toFixed(1)} ms`);
screen.more(
  `searched ${count(notary.log.size)} entries for ${withheld.length} withheld texts of 8 bytes or more: ${leaked} stand in the log`,
);

screen.step('anchor', anchored[0]!);
for (const line of anchored.slice(1)) screen.more(line);

const bundle = await notary.bundle(license.id, { until: 'final', disclose: [...OPENED, '/files'] });
const statement = parseStatement(bundle.entry);
const text = formatBundle(bundle);
await writeFile(join(out, 'license.anchorlog.json'), text);
const policyJson = await readFile(join(dir, 'policy.json'));
await writeFile(join(out, 'policy.json'), policyJson);
await cp(document, join(out, 'permit.ofd'));
const hidden = Object.keys(statement.commitments).length;
screen.step(
  'bundle',
  `${out}/license.anchorlog.json ${(text.length / 1000).toFixed(1)} kB, opens ${bundle.disclosures.length} of ${hidden} hidden claims`,
);

// The attack on the chain comes while there is one; what it came to is told with the others.
const reverted = await anchorRewritten(notary, settings, {
  index: license.index,
  key: await operatorKey(dir),
});
const trail = await scanTrail({
  entries: notary.log.entries(),
  disclosuresOf: (each) => notary.disclosuresOf(each),
  keys: [notary.indexKeyOf('holder', SUBJECT)],
  suite: nodeSha256,
});
await notary.close();
await chain.close();
net.Socket.prototype.connect = () => {
  throw new Error('demo: the network is off');
};
await cp(join(dir, 'tiles'), join(out, 'log'), { recursive: true });
screen.divide('chain stopped, network off');

const policy = parseTrustPolicy(policyJson);
const verdict = verify(text);
screen.check(verdict.outcome === 'verified', 'the bundle verifies');
const profile = profileByName(statement.profile);
const [verdictLine = ''] = explain(verdict, 'zh-CN', { profile }).split('\n');
const verifyMs = timed(() => verify(text));
screen.step('verify', `${verdictLine}  ${verifyMs.toFixed(1)} ms`);
const passed = verdict.steps.filter(({ result }) => result === 'pass').length;
screen.more(
  `${passed} of ${verdict.steps.length} steps pass, the rest not asked; permit.ofd is the file of the record`,
);

const flipped = [{ name: 'permit.ofd', ...digests(flip(await readFile(document), 700)) }];
const refusals = [
  attack('name changed in the bundle', verify(renamed(bundle))),
  attack('one byte of permit.ofd', verify(text, flipped)),
  attack('seal repeated', verify(resealed(bundle))),
];
const copy = join(scratch, 'copy');
await cp(dir, copy, { recursive: true });
await cp(`${dir}.guard.json`, `${copy}.guard.json`);
const findings = new Findings();
const fileHeads = await headsFromFiles(join(dir, 'tiles'), { policy, origin: ORIGIN, findings });
const rewritten = await rewriteEntry(copy, license.index, { policy, fileHeads });
screen.attack(rewritten.at === license.index, 'entry rewritten in the database');
screen.attack(reverted === 'AnchorRegistryProofInvalid', 'rewritten tree sent to the chain');
screen.step('attacks', refusals.slice(0, 2).join(' · '));
screen.more(refusals.slice(2).join(' · '));
screen.more(`✘ entry rewritten in the database: ${rewritten.found.slice(0, 2).join(', ')}`);
screen.more(`✘ rewritten tree sent to the chain: reverted by the contract itself, ${reverted}`);

const crashed = await crash(join(scratch, 'crash'), records, 2500);
screen.check(
  crashed.found === crashed.acknowledged && crashed.sameRoot,
  'everything acknowledged survives the crash',
);
screen.step(
  'crash',
  `kill −9 while appending: ${count(crashed.acknowledged)} acknowledged, ${count(crashed.found)} found, ${crashed.sameRoot ? 'same root' : 'ANOTHER ROOT'}`,
);

const read = (event: string): number =>
  trail.entries.filter((entry) => entry.statement.event === event).length;
const deliveries = matchDeliveries(trail.entries);
const missing = deliveries.filter(({ consumers }) => consumers.length === 0).length;
screen.check(deliveries.length > 0 && missing === 0, 'both sides of the delivery are there');
screen.step(
  'trail',
  `who read ${SUBJECT}? ${deliveries.length} delivery, ${read('access.read')} access, ${read('access.deny')} denial · consumer records missing: ${missing}`,
);

const source = await directorySource(join(out, 'log'));
const report = await replay({
  source,
  origin: ORIGIN,
  policy,
  fileHeads,
  findings,
  signatures: true,
  secondOpinion: true,
});
const held = report.heads.filter(({ counts }) => counts).length;
screen.check(
  report.outcome === 'consistent' && held === report.heads.length,
  'the replay finds nothing',
);
const second = report.secondOpinion === 'notAsked' ? 0 : report.secondOpinion.equal;
screen.check(second === held, 'merkletreejs agrees');
screen.step(
  'audit',
  `${count(report.entries)} entries from 0, ${held} heads = chain; second opinion: merkletreejs rebuilt all ${second} roots, equal`,
);
await rm(scratch, { recursive: true });
screen.end([
  `npx -y -p node@24 -p pnpm@12 pnpm anchorlog verify ${out}/license.anchorlog.json --policy ${out}/policy.json --file ${out}/permit.ofd`,
  'edit any byte of them and run it again · the SDK in 15 lines: README',
]);

function verify(bundleText: string, files = [{ name: 'permit.ofd', ...permit }]): Verdict {
  const crypto = { hash: nodeSha256, ed25519: nodeEd25519 };
  return verifyBundle(bundleText, policy, { now: new Date(), files, crypto });
}

/** Give the line of an attack on a bundle: by which code the verifier refused it. */
function attack(what: string, { outcome, reason }: Verdict): string {
  screen.attack(outcome === 'refuted', what);
  return `✘ ${what}: ${reason}`;
}

/** Say where a batch went: its entries, root, block, gas and seals. */
async function describeAnchor(number: number, from: number): Promise<string> {
  const { size = 0, blockNumber = 0 } = notary.status().anchoring?.latest ?? {};
  const { rootHash } = await notary.log.head(size);
  const { transactions, seals } = await blockOf(chain.url, blockNumber);
  const { gasUsed } = await rpc<{ gasUsed: string }>(chain.url, 'eth_getTransactionReceipt', [
    transactions[0],
  ]);
  const range = `[${count(from)}, ${count(size)})`.padEnd(17);
  const gas = count(Number(gasUsed));
  return `batch ${number} ${range} root ${shortRoot(rootHash)} block ${blockNumber}  gas ${gas}  sealed ${seals}/${chain.validators.length}`;
}

/** Count the texts that stand in any entry. */
async function countLeaked(from: Notary, texts: readonly string[]): Promise<number> {
  const found = new Set<string>();
  for await (const entry of from.log.entries()) {
    const entryText = parseUtf8(entry);
    for (const each of texts) if (entryText.includes(each)) found.add(each);
  }
  return found.size;
}

function flip(bytes: Uint8Array, at: number): Uint8Array {
  const copied = Uint8Array.from(bytes);
  copied[at]! ^= 1;
  return copied;
}

/** The digests by which records name files. */
function digests(bytes: Uint8Array): { readonly sha256: string; readonly sm3: string } {
  const digest = (name: string): string => createHash(name).update(bytes).digest('hex');
  return { sha256: digest('sha256'), sm3: digest('sm3') };
}

/** Time a call: the median of eleven. */
function timed(call: () => unknown): number {
  const times = Array.from({ length: 11 }, () => {
    const at = performance.now();
    call();
    return performance.now() - at;
  });
  return times.toSorted((a, b) => a - b)[5]!;
}

function count(number: number): string {
  return number.toLocaleString('en');
}
