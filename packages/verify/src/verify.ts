import {
  formatBase64,
  formatInstant,
  sha256,
  type HashSuite,
  type JsonObject,
  type SuiteName,
} from '@anchorlog/core';
import type { Statement } from '@anchorlog/statement';
import { createProofHasher, type Checkpoint, type ReceiptHead } from '@anchorlog/tlog';
import { anchorSteps, type AnchorReport } from './anchor-steps.ts';
import { parseBundle, type Bundle } from './bundle.ts';
import { evidenceKinds, evidenceStep } from './evidence-step.ts';
import { checkpointStep, inclusionStep, readCheckpoint, receiptStep } from './log-steps.ts';
import type { VerifyCrypto, VerifyOptions } from './options.ts';
import type { PolicyLog, TrustPolicy } from './policy.ts';
import { decide, refusedStep, step } from './report.ts';
import {
  disclosuresStep,
  entryStep,
  filesStep,
  issuerStep,
  profileStep,
  signatureStep,
  type Checked,
} from './statement-steps.ts';
import { statusStep } from './status-step.ts';
import { STEP_NAMES } from './step.ts';
import type { Step, Verdict } from './verdict.ts';

/**
 * Verify a bundle (its bytes, its text, its JSON, or what `parseBundle` gives) under a policy. Synchronous; whatever the bundle is, the
 * answer is a verdict, never an exception. Whether the answer is yes: `isAccepted`. spec/verdict
 * @throws TypeError for a policy that `parseTrustPolicy` did not make
 */
export function verifyBundle(
  bundle: unknown,
  policy: TrustPolicy,
  options: VerifyOptions,
): Verdict {
  if (!(policy.logs instanceof Map)) throw new TypeError('policy: parse it with parseTrustPolicy');
  let parsed: Bundle;
  try {
    parsed = parseBundle(bundle);
  } catch (error) {
    const codes = { VERIFY_BUNDLE_VERSION: 'bundle.unsupported' } as const;
    return verdict(policy, options, [refusedStep(error, codes, 'bundle.malformed')], {});
  }
  const { steps, found } = examine(parsed, policy, options);
  return verdict(policy, options, [step('bundle.read'), ...steps], found);
}

/** What was learnt on the way, for the verdict. */
interface Found {
  readonly bundle?: Bundle | undefined;
  readonly statement?: Statement | undefined;
  readonly opened?: JsonObject | undefined;
  readonly suite?: SuiteName | undefined;
  readonly leafHash?: Uint8Array | undefined;
  readonly receipt?: ReceiptHead | undefined;
  /** Only where the entry stands under the checkpoint. */
  readonly anchors?: AnchorReport | undefined;
  readonly anchorsExamined?: boolean | undefined;
}

function examine(
  bundle: Bundle,
  policy: TrustPolicy,
  { now, files = [], crypto = {} }: VerifyOptions,
): { readonly steps: readonly Step[]; readonly found: Found } {
  const { step: entered, value: statement } = entryStep(bundle.entry);
  const read = readCheckpoint(bundle.checkpoint);
  // Malformed bytes refute also where nothing else can be judged.
  const malformed = read.value ? [] : [read.step];
  if (!statement) return { steps: [entered, ...malformed], found: { bundle } };

  const trusted = logStep(statement, read.value, policy, crypto.hash);
  if (!trusted.value) {
    return { steps: [entered, trusted.step, ...malformed], found: { bundle, statement } };
  }
  const { log, suite } = trusted.value;
  const { ed25519 } = crypto;
  const hasher = createProofHasher(suite);
  const leafHash = hasher.leaf(bundle.entry);

  const disclosures = disclosuresStep(statement, bundle.disclosures, suite);
  const checkpoint = checkpointStep(bundle.checkpoint, log, ed25519);
  const head = checkpoint.value;
  const inclusion = head && inclusionStep(bundle, leafHash, head, hasher);
  const anchors = head && anchorSteps(bundle, head, { log, policy, now: now.getTime(), hasher });
  const holds = inclusion?.result === 'pass';
  const known = {
    heads: [...(head ? [head] : []), ...(anchors?.heads ?? [])],
    proven: holds ? head : undefined,
  };
  const receipt = receiptStep(bundle, leafHash, log, known, hasher, ed25519);
  // What the anchors prove, they prove of the entry only if it stands under the checkpoint.
  const proven = holds ? anchors : undefined;
  const existence = {
    index: bundle.inclusion.index,
    anchored: proven?.anchored,
    former: proven?.former,
    open: (proven?.open.size ?? 0) > 0,
    now: now.getTime(),
  };
  const opened = disclosures.value;
  const steps = [
    entered,
    trusted.step,
    issuerStep(statement, log),
    profileStep(statement, log),
    signatureStep(statement, policy, existence, crypto),
    disclosures.step,
    ...(opened ? [filesStep(statement, opened, files)] : []),
    checkpoint.step,
    ...(inclusion ? [inclusion] : []),
    receipt.step,
    ...(anchors?.steps ?? []),
    ...(proven ? [evidenceStep(policy, proven, receipt.value, existence.now)] : []),
  ];
  const found = {
    bundle,
    statement,
    opened,
    suite: suite.name,
    leafHash,
    receipt: receipt.value,
    anchors: proven,
    anchorsExamined: anchors !== undefined,
  };
  return { steps, found };
}

/** The policy knows the log that the statement names, and the checkpoint is of that log. spec/verdict §4.1 */
function logStep(
  { log: origin }: Statement,
  checkpoint: Checkpoint | undefined,
  policy: TrustPolicy,
  given: VerifyCrypto['hash'],
): Checked<{ readonly log: PolicyLog; readonly suite: HashSuite }> {
  const facts = { origin };
  if (checkpoint && checkpoint.origin !== origin) {
    return { step: step('log.mismatch', { ...facts, checkpoint: checkpoint.origin }) };
  }
  const log = policy.logs.get(origin);
  if (!log) return { step: step('log.unknown', facts) };
  const suite = [given ?? [], sha256].flat().find((each) => each.name === log.suite);
  if (!suite) return { step: step('log.suiteUnsupported', { ...facts, suite: log.suite }) };
  return { step: step('log.known', facts), value: { log, suite } };
}

function verdict(
  policy: TrustPolicy,
  { on }: VerifyOptions,
  taken: readonly Step[],
  found: Found,
): Verdict {
  const { bundle, statement, opened = {}, suite, leafHash, receipt, anchors } = found;
  const status = statusStep({
    on,
    profile: statement?.profile,
    proof: bundle?.status !== undefined,
  });
  const steps = inOrder([...taken, status.step], found.anchorsExamined === true);
  const committed = Object.keys(statement?.commitments ?? {}).map((path) => path.slice(1));
  const issuer = statement?.issuer;
  return {
    ...decide(steps),
    steps,
    statement: statement && {
      id: statement.id,
      profile: statement.profile,
      event: statement.event,
    },
    claims: {
      public: statement?.claims ?? {},
      opened,
      withheld: committed.filter((name) => !Object.hasOwn(opened, name)),
    },
    issuer: issuer && { ...issuer, name: policy.issuers.get(issuer.org)?.name },
    times: {
      eventTime: statement?.eventTime,
      recordedTime: statement?.recordedTime,
      receivedTime: receipt?.time,
      anchorBy: receipt?.anchorBy,
      anchoredTime: instant(anchors?.anchored),
      formerTime: instant(anchors?.former),
      loggedAfter: instant(anchors?.before),
    },
    log: statement && { origin: statement.log, suite },
    index: leafHash && bundle?.inclusion.index,
    leafHash: leafHash && formatBase64(leafHash),
    anchors: anchors?.counted ?? [],
    evidenceKinds: evidenceKinds(anchors?.counted ?? []),
    status: { state: status.state, on },
    policy: { name: policy.name, date: policy.date, digest: policy.digest },
  };
}

/** Put steps into their order, and name those that were not taken. spec/verdict §4 */
function inOrder(taken: readonly Step[], anchorsExamined: boolean): Step[] {
  return STEP_NAMES.flatMap((name) => {
    const found = taken.filter((each) => each.step === name);
    const none = anchorsExamined && (name === 'consistency' || name === 'anchor');
    return found.length > 0 || none || name === 'bundle' ? found : [step(`${name}.skipped`)];
  });
}

function instant(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : formatInstant(ms);
}
