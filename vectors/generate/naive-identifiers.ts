// A second way to judge identifiers, by what the standards say a whole code fulfils, not by computing a check character. Slow and plain.

const DIGITS = '0123456789';
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const ALPHANUMERIC = DIGITS + LETTERS;
const USCC = [...ALPHANUMERIC].filter((c) => !'IOSVZ'.includes(c)).join('');
const USCC_WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28, 1];
const ORGANIZATION_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2, 1];

/** What is wrong with an identifier, if anything, and what is only reported. */
export interface Judgement {
  readonly fault?: 'form' | 'check';
  readonly warnings?: readonly ('check' | 'legacy' | 'organization')[];
}

const consistsOf = (text: string, alphabet: string): boolean =>
  [...text].every((c) => alphabet.includes(c));
const weighted = (text: string, alphabet: string, weights: readonly number[]): number =>
  weights.reduce((sum, weight, i) => sum + weight * alphabet.indexOf(text.charAt(i)), 0);

/** GB 32100: the weighted sum of all 18 is a multiple of 31; GB 11714: that of characters 9 to 17 is one of 11. */
export function judgeUscc(text: string): Judgement {
  const isForm =
    text.length === 18 &&
    consistsOf(text.slice(0, 2), USCC) &&
    consistsOf(text.slice(2, 8), DIGITS) &&
    consistsOf(text.slice(8, 16), USCC) &&
    consistsOf(text.slice(16, 17), `${DIGITS}X`) &&
    consistsOf(text.slice(17), USCC);
  if (!isForm) return { fault: 'form' };
  const organization = text.slice(8, 17);
  const tail = organization.endsWith('X') ? 10 : Number(organization[8]);
  const sum = weighted(organization.slice(0, 8), ALPHANUMERIC, ORGANIZATION_WEIGHTS.slice(0, 8));
  const isRight = weighted(text, USCC, USCC_WEIGHTS) % 31 === 0 && (sum + tail) % 11 === 0;
  return isRight ? {} : { fault: 'check' };
}

/** GB 11643, ISO/IEC 7064 MOD 11-2: the sum of all 18 by descending powers of two is 1 modulo 11. */
export function judgeResident(text: string): Judgement {
  const isForm =
    text.length === 18 &&
    consistsOf(text.slice(0, 17), DIGITS) &&
    !text.startsWith('0') &&
    consistsOf(text.slice(17), `${DIGITS}X`);
  if (!isForm) return { fault: 'form' };
  const [year, month, day] = [text.slice(6, 10), text.slice(10, 12), text.slice(12, 14)].map(
    Number,
  );
  const birth = new Date(Date.UTC(year!, month! - 1, day));
  const isDate =
    year! >= 1800 && birth.getUTCMonth() === month! - 1 && birth.getUTCDate() === day && month! > 0;
  if (!isDate) return { fault: 'form' };
  const values = [...text].map((c) => (c === 'X' ? 10 : Number(c)));
  const sum = values.reduce((total, value, i) => total + value * 2 ** (17 - i), 0);
  return sum % 11 === 1 ? {} : { fault: 'check' };
}

/** GB/T 36904: six parts after the root; ISO/IEC 7064 MOD 37,36 over them without dots ends in 1. */
export function judgeLicense(text: string): Judgement {
  const root = '1.2.156.3005.2.';
  const parts = text.slice(root.length).split('.');
  const [type = '', issuer = '', serial = '', version = '', check = ''] = parts;
  const isForm =
    text.startsWith(root) &&
    parts.length === 5 &&
    parts.every((part) => consistsOf(part, ALPHANUMERIC)) &&
    type.length >= 6 &&
    type.length <= 21 &&
    issuer.length >= 6 &&
    issuer.length <= 18 &&
    serial.length >= 1 &&
    serial.length <= 40 &&
    version.length === 3 &&
    consistsOf(version, DIGITS) &&
    check.length === 1;
  if (!isForm) return { fault: 'form' };
  let product = 36;
  for (const c of type + issuer + serial + version) {
    const sum = (product + ALPHANUMERIC.indexOf(c)) % 36;
    product = ((sum === 0 ? 36 : sum) * 2) % 37;
  }
  const warnings: ('check' | 'legacy' | 'organization')[] = [];
  if ((product + ALPHANUMERIC.indexOf(check)) % 36 !== 1) warnings.push('check');
  if (type.length !== 21 || issuer.length !== 18) warnings.push('legacy');
  else if ([type.slice(0, 18), issuer].some((code) => judgeUscc(code).fault)) {
    warnings.push('organization');
  }
  return { warnings };
}

/** GB/T 39554: 31 characters that begin with an organization's code. */
export function judgeItem(text: string): Judgement {
  const isForm =
    text.length === 31 &&
    consistsOf(text.slice(0, 18), USCC) &&
    consistsOf(text.slice(18), ALPHANUMERIC);
  if (!isForm) return { fault: 'form' };
  return { warnings: judgeUscc(text.slice(0, 18)).fault ? ['organization'] : [] };
}

/** 18 characters of the defining authority and three digits. */
export function judgeLicenseType(text: string): Judgement {
  const isForm =
    text.length === 21 &&
    consistsOf(text.slice(0, 18), ALPHANUMERIC) &&
    consistsOf(text.slice(18), DIGITS);
  if (!isForm) return { fault: 'form' };
  return { warnings: judgeUscc(text.slice(0, 18)).fault ? ['organization'] : [] };
}

/** GB/T 2260: 6 digits, or 12 with town and village. Codes get abolished, so that no list is asked. */
export function judgeRegion(text: string): Judgement {
  const isForm = [6, 12].includes(text.length) && consistsOf(text, DIGITS) && !text.startsWith('0');
  return isForm ? {} : { fault: 'form' };
}

/** GB/T 21063: a classification of at least class, item and catalogue, and maybe a slash and a number. */
export function judgeResource(text: string): Judgement {
  const [classification = '', sequence, ...more] = text.split('/');
  const isCode = (part: string, most: number): boolean =>
    part.length > 0 && part.length <= most && consistsOf(part, ALPHANUMERIC);
  const isForm =
    classification.length >= 6 &&
    isCode(classification, 32) &&
    more.length === 0 &&
    (sequence === undefined || isCode(sequence, 16));
  return isForm ? {} : { fault: 'form' };
}
