/** `unknown` is never an excuse to accept. */
export type StepResult = 'pass' | 'fail' | 'skip' | 'unknown';

/** What kind of trouble a fail or an unknown is. spec/verdict §4.2 */
export type Trouble = 'altered' | 'inconsistent' | 'untrusted' | 'unsupported' | 'missing';

/** The checks in their order. spec/verdict §4 */
export const STEP_NAMES = [
  'bundle',
  'entry',
  'log',
  'issuer',
  'profile',
  'signature',
  'disclosures',
  'files',
  'checkpoint',
  'inclusion',
  'receipt',
  'consistency',
  'anchor',
  'evidence',
  'status',
] as const;

export type StepName = (typeof STEP_NAMES)[number];

/** Every code that a step can have, `<step>.<how it went>`: its result and, unless all is well, the kind of trouble. Never reused. spec/verdict §4.3 */
export const STEP_CODES = {
  'bundle.read': 'pass',
  'bundle.malformed': 'fail altered',
  'bundle.unsupported': 'unknown unsupported',

  'entry.canonical': 'pass',
  'entry.malformed': 'fail altered',
  'entry.unsupported': 'unknown unsupported',
  'entry.skipped': 'skip',

  'log.known': 'pass',
  'log.mismatch': 'fail altered',
  'log.unknown': 'unknown untrusted',
  'log.suiteUnsupported': 'unknown unsupported',
  'log.skipped': 'skip',

  'issuer.accepted': 'pass',
  'issuer.unknown': 'unknown untrusted',
  'issuer.skipped': 'skip',

  'profile.accepted': 'pass',
  'profile.unknown': 'unknown untrusted',
  'profile.skipped': 'skip',

  'signature.valid': 'pass',
  'signature.invalid': 'fail altered',
  'signature.unsupported': 'unknown unsupported',
  'signature.absent': 'fail untrusted',
  'signature.keyForeign': 'fail untrusted',
  'signature.keyEarly': 'fail untrusted',
  'signature.keyRetired': 'fail untrusted',
  'signature.keyCompromised': 'fail untrusted',
  'signature.keyUnknown': 'unknown untrusted',
  'signature.timeUnknown': 'unknown missing',
  'signature.notAsked': 'skip',
  'signature.skipped': 'skip',

  'disclosures.opened': 'pass',
  'disclosures.mismatch': 'fail altered',
  'disclosures.foreign': 'fail altered',
  'disclosures.repeated': 'fail altered',
  'disclosures.malformed': 'fail altered',
  'disclosures.none': 'skip',
  'disclosures.skipped': 'skip',

  'files.match': 'pass',
  'files.mismatch': 'fail altered',
  'files.withheld': 'unknown missing',
  'files.unnamed': 'unknown missing',
  'files.unsupported': 'unknown unsupported',
  'files.unreadable': 'unknown missing',
  'files.notGiven': 'skip',
  'files.skipped': 'skip',

  'checkpoint.signed': 'pass',
  'checkpoint.malformed': 'fail altered',
  'checkpoint.signatureInvalid': 'fail altered',
  'checkpoint.indexLine': 'fail inconsistent',
  'checkpoint.keyUnknown': 'unknown untrusted',
  'checkpoint.skipped': 'skip',

  'inclusion.proven': 'pass',
  'inclusion.mismatch': 'fail altered',
  'inclusion.malformed': 'fail altered',
  'inclusion.skipped': 'skip',

  'receipt.valid': 'pass',
  'receipt.malformed': 'fail altered',
  'receipt.signatureInvalid': 'fail altered',
  'receipt.mismatch': 'fail altered',
  'receipt.contradiction': 'fail inconsistent',
  'receipt.keyUnknown': 'unknown untrusted',
  'receipt.absent': 'skip',
  'receipt.skipped': 'skip',

  'consistency.proven': 'pass',
  'consistency.mismatch': 'fail inconsistent',
  'consistency.malformed': 'fail altered',
  'consistency.indexRoot': 'fail inconsistent',
  'consistency.skipped': 'skip',

  'anchor.sealed': 'pass',
  'anchor.contractForeign': 'unknown untrusted',
  'anchor.headerMalformed': 'fail altered',
  'anchor.validatorsDiffer': 'unknown untrusted',
  'anchor.sealMalformed': 'fail altered',
  'anchor.sealMalleated': 'fail altered',
  'anchor.sealForeign': 'fail altered',
  'anchor.sealRepeated': 'fail altered',
  'anchor.sealsTooFew': 'fail altered',
  'anchor.txReceiptMismatch': 'fail altered',
  'anchor.txFailed': 'fail altered',
  'anchor.eventForeign': 'fail altered',
  'anchor.eventChain': 'fail altered',
  'anchor.eventLog': 'fail altered',
  'anchor.eventHead': 'fail inconsistent',
  'anchor.contradiction': 'fail inconsistent',
  'anchor.chainUnknown': 'unknown untrusted',
  'anchor.validatorsUnknown': 'unknown untrusted',
  'anchor.validatorsRetired': 'unknown missing',
  'anchor.headVoid': 'unknown untrusted',
  'anchor.timeAhead': 'unknown missing',
  'anchor.txReceiptUnsupported': 'unknown unsupported',
  'anchor.kindUnsupported': 'unknown unsupported',
  'anchor.skipped': 'skip',

  'evidence.met': 'pass',
  'evidence.pending': 'unknown missing',
  'evidence.overdue': 'unknown missing',
  'evidence.absent': 'unknown missing',
  'evidence.void': 'unknown untrusted',
  'evidence.undecided': 'unknown missing',
  'evidence.skipped': 'skip',

  'status.notAsked': 'skip',
  'status.notApplicable': 'skip',
  'status.unproven': 'unknown missing',
  'status.unsupported': 'unknown unsupported',
  'status.dateMalformed': 'unknown missing',
  'status.skipped': 'skip',
} as const;

export type StepCode = keyof typeof STEP_CODES;

/** Give the result that a code stands for. */
export function resultOf(code: StepCode): StepResult {
  return STEP_CODES[code].split(' ')[0] as StepResult; // every row begins with one
}

/** Give the kind of trouble that a code stands for; none where all is well or nothing was checked. */
export function troubleOf(code: StepCode): Trouble | undefined {
  return STEP_CODES[code].split(' ')[1] as Trouble | undefined; // every row ends with one or has none
}
