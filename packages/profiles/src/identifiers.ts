import { parseDate } from '@anchorlog/core';
import { profilesError, type ProfilesWarningCode } from './error.ts';

/** Something that is reported, not refused. `at` is a JSON Pointer into the record. */
export interface RecordWarning {
  readonly code: ProfilesWarningCode;
  readonly at: string;
  readonly message: string;
}

/** The schemes that a field of kind `identifier` may name (spec/profiles §4). */
export type IdentifierScheme =
  | 'uscc'
  | 'uscc-or-dash'
  | 'license'
  | 'license-type'
  | 'resident'
  | 'region'
  | 'item'
  | 'resource';

/** A license identifier taken apart; all six parts as written. */
export interface LicenseIdentifier {
  readonly typeCode: string;
  readonly issuerCode: string;
  readonly serial: string;
  readonly version: string;
  readonly check: string;
  /** The check character that MOD 37,36 gives. */
  readonly computed: string;
}

/** A resource code taken apart, all parts as written: class 类, item 项, catalogue 目, detail 细目 (may be empty), number in it. */
export interface ResourceCode {
  readonly category: string;
  readonly item: string;
  readonly catalogue: string;
  readonly detail: string;
  readonly sequence?: string | undefined;
}

const USCC_ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const USCC = /^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{8}[0-9X][0-9A-HJ-NPQRTUWXY]$/;
const USCC_CHARACTERS = 18;
const ORGANIZATION_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2];
const RESIDENT = /^[1-9][0-9]{16}[0-9X]$/;
const RESIDENT_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const RESIDENT_CHECKS = '10X98765432';
const REGION = /^[1-9][0-9]{5}(?:[0-9]{6})?$/;
const ITEM = /^[0-9A-HJ-NPQRTUWXY]{18}[0-9A-Z]{13}$/;
/** The classification, and after a slash the number in it. */
const RESOURCE = /^[0-9A-Z]{6,32}(?:\/[0-9A-Z]{1,16})?$/;
const LICENSE_TYPE = /^[0-9A-Z]{18}[0-9]{3}$/;
const LICENSE_TYPE_CHARACTERS = 21;
// Also codes of other lengths than today's: they occur in licenses that are in force.
const LICENSE =
  /^1\.2\.156\.3005\.2\.([0-9A-Z]{6,21})\.([0-9A-Z]{6,18})\.([0-9A-Z]{1,40})\.([0-9]{3})\.([0-9A-Z])$/;
const FORMS: Readonly<Record<string, string>> = {
  uscc: USCC.source,
  'uscc-or-dash': `${USCC.source}|^-$`,
  license: LICENSE.source,
  'license-type': LICENSE_TYPE.source,
  resident: RESIDENT.source,
  region: REGION.source,
  item: ITEM.source,
  resource: RESOURCE.source,
} satisfies Readonly<Record<IdentifierScheme, string>>;
/** All schemes, by name. */
export const IDENTIFIER_SCHEMES: readonly string[] = /* @__PURE__ */ Object.keys(FORMS);
const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/**
 * Check an identifier by the rule of its scheme. What data of good systems gets wrong in practice is a warning (spec/profiles §4).
 * `at` is the JSON Pointer for messages. @throws PROFILES_IDENTIFIER_FORM, PROFILES_IDENTIFIER_CHECK; RangeError for a scheme not known
 */
export function checkIdentifier(input: {
  readonly scheme: string;
  readonly value: string;
  readonly at: string;
}): RecordWarning[] {
  const { scheme, value, at } = input;
  const form = (holds: boolean, expected: string): void => {
    if (!holds) {
      throw profilesError('PROFILES_IDENTIFIER_FORM', `${at}: expected ${expected}`, {
        at,
        scheme,
      });
    }
  };
  const check = (holds: boolean): void => {
    if (!holds) {
      throw profilesError(
        'PROFILES_IDENTIFIER_CHECK',
        `${at}: expected another check character in this ${scheme}`,
        { at, scheme },
      );
    }
  };
  switch (scheme) {
    case 'uscc-or-dash':
    case 'uscc':
      if (scheme === 'uscc-or-dash' && value === '-') return [];
      form(USCC.test(value), 'a unified social credit code of 18 characters');
      check(isUscc(value));
      return [];
    case 'resident':
      form(
        RESIDENT.test(value) && hasBirthDate(value),
        'a resident number of 18 characters with a date of birth',
      );
      check(isResidentNumber(value));
      return [];
    case 'region':
      form(REGION.test(value), 'a division code of 6 or 12 digits');
      return [];
    case 'item':
      form(ITEM.test(value), 'an item code of 31 characters');
      return embeddedUscc(value, at);
    case 'resource':
      form(
        RESOURCE.test(value),
        'a resource code of 6 to 32 characters, and a number after a slash',
      );
      return [];
    case 'license-type':
      form(LICENSE_TYPE.test(value), 'a license type code of 21 characters');
      return embeddedUscc(value, at);
    case 'license':
      form(LICENSE.test(value), 'a license identifier of six parts');
      return licenseWarnings(value, at);
    default:
      throw new RangeError(`identifier scheme ${scheme} is not known`);
  }
}

/** Give the form of an identifier of a scheme, as an ECMAScript expression; check characters are apart from it. @throws RangeError for a scheme not known */
export function identifierForm(scheme: string): string {
  const form = Object.hasOwn(FORMS, scheme) ? FORMS[scheme] : undefined;
  if (form === undefined) throw new RangeError(`identifier scheme ${scheme} is not known`);
  return form;
}

/** Take a license identifier apart (GB/T 36904; spec/profiles §4.2). @throws PROFILES_IDENTIFIER_FORM */
export function parseLicenseIdentifier(text: string): LicenseIdentifier {
  const match = LICENSE.exec(text);
  if (!match) {
    throw profilesError(
      'PROFILES_IDENTIFIER_FORM',
      'license identifier: expected six parts after its root',
      { scheme: 'license' },
    );
  }
  const [, typeCode = '', issuerCode = '', serial = '', version = '', check = ''] = match;
  const computed = licenseCheckCharacter(typeCode + issuerCode + serial + version);
  return { typeCode, issuerCode, serial, version, check, computed };
}

/** Take a resource code apart (GB/T 21063; spec/profiles §4.5). @throws PROFILES_IDENTIFIER_FORM */
export function parseResourceCode(text: string): ResourceCode {
  if (!RESOURCE.test(text)) {
    const message = 'resource code: expected 6 to 32 characters, and a number after a slash';
    throw profilesError('PROFILES_IDENTIFIER_FORM', message, { scheme: 'resource' });
  }
  const [classification = '', sequence] = text.split('/');
  return {
    category: classification.slice(0, 1),
    item: classification.slice(1, 3),
    catalogue: classification.slice(3, 6),
    detail: classification.slice(6),
    ...(sequence !== undefined && { sequence }),
  };
}

/** Tell whether `text` is a unified social credit code with both its check characters right (GB 32100). */
export function isUscc(text: string): boolean {
  return (
    USCC.test(text) &&
    organizationCheckCharacter(text.slice(8, 16)) === text[16] &&
    usccCheckCharacter(text.slice(0, 17)) === text[17]
  );
}

/** Tell whether `text` is a resident number: a date of birth that exists and the check character right (GB 11643). */
export function isResidentNumber(text: string): boolean {
  return (
    RESIDENT.test(text) &&
    hasBirthDate(text) &&
    residentCheckCharacter(text.slice(0, 17)) === text[17]
  );
}

/** Compute the last character of a unified social credit code from the 17 before it: MOD 31 (GB 32100). */
export function usccCheckCharacter(first17: string): string {
  let sum = 0;
  let weight = 1;
  for (const character of first17) {
    sum += USCC_ALPHABET.indexOf(character) * weight;
    weight = (weight * 3) % 31;
  }
  return USCC_ALPHABET[(31 - (sum % 31)) % 31]!;
}

/** Compute the check character of an organization code from its 8 characters: MOD 11 (GB 11714). */
export function organizationCheckCharacter(first8: string): string {
  let sum = 0;
  for (const [i, weight] of ORGANIZATION_WEIGHTS.entries()) {
    sum += ALPHANUMERIC.indexOf(first8[i]!) * weight;
  }
  const check = (11 - (sum % 11)) % 11;
  return check === 10 ? 'X' : String(check);
}

/** Compute the check character of a resident number from the 17 digits before it: MOD 11-2 (GB 11643). */
export function residentCheckCharacter(first17: string): string {
  let sum = 0;
  for (const [i, weight] of RESIDENT_WEIGHTS.entries()) sum += Number(first17[i]) * weight;
  return RESIDENT_CHECKS[sum % 11]!;
}

/**
 * Compute the check character of a license identifier from type, issuer, serial and version, joined without dots and without the root:
 * hybrid system MOD 37,36 (GB/T 17710, ISO/IEC 7064).
 */
export function licenseCheckCharacter(body: string): string {
  let product = 36;
  for (const character of body) {
    const sum = (product + ALPHANUMERIC.indexOf(character)) % 36;
    product = ((sum === 0 ? 36 : sum) * 2) % 37;
  }
  return ALPHANUMERIC[(37 - product) % 36]!;
}

function licenseWarnings(value: string, at: string): RecordWarning[] {
  const { typeCode, issuerCode, check, computed } = parseLicenseIdentifier(value);
  const warnings: RecordWarning[] = [];
  if (check !== computed) {
    warnings.push({
      code: 'PROFILES_WARN_CHECK',
      at,
      message: `${at}: check character is not that of MOD 37,36`,
    });
  }
  if (typeCode.length !== LICENSE_TYPE_CHARACTERS || issuerCode.length !== USCC_CHARACTERS) {
    warnings.push({
      code: 'PROFILES_WARN_LEGACY',
      at,
      message: `${at}: expected a type code of 21 and an issuer code of 18 characters, got ${typeCode.length} and ${issuerCode.length}`,
    });
    return warnings;
  }
  const nested = [...embeddedUscc(typeCode, at), ...embeddedUscc(issuerCode, at)];
  return [...warnings, ...nested.slice(0, 1)];
}

function embeddedUscc(value: string, at: string): RecordWarning[] {
  if (isUscc(value.slice(0, USCC_CHARACTERS))) return [];
  const message = `${at}: the organization code in it fails its check`;
  return [{ code: 'PROFILES_WARN_ORGANIZATION', at, message }];
}

function hasBirthDate(text: string): boolean {
  const date = `${text.slice(6, 10)}-${text.slice(10, 12)}-${text.slice(12, 14)}`;
  if (date < '1800') return false;
  try {
    parseDate(date);
    return true;
  } catch {
    return false;
  }
}
