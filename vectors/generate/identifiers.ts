import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  judgeItem,
  judgeLicense,
  judgeLicenseType,
  judgeRegion,
  judgeResident,
  judgeResource,
  judgeUscc,
  type Judgement,
} from './naive-identifiers.ts';

// Cases of identifiers (spec/profiles §4). All codes are of region 999999, which is unassigned: they name nobody. Whether a case is
// accepted is judged by the naive reference beside this file.

const USCC = '91999999000000115N';
const AUTHORITY = '1199999900000006XQ';
const RESIDENT = '999999199001010016';
const RESIDENT_X = '99999919841231006X';
const LICENSE = '1.2.156.3005.2.11999999000002030A021.1199999900000006XQ.20260400000123.001.C';
const ITEM = `${AUTHORITY}2000113011001`;

type Named = readonly [name: string, value: string];

/** The faults that typing and copying make: every character replaced, neighbours swapped, one lost, one doubled, other cases and widths. */
function slips(value: string): Named[] {
  const cases: Named[] = [];
  const seen = new Set([value]);
  const add = (name: string, slip: string): void => {
    if (!seen.has(slip)) cases.push([name, slip]);
    seen.add(slip);
  };
  for (let i = 0; i < value.length; i++) {
    const next = value[i] === '9' ? '0' : value[i] === 'X' ? 'Y' : '';
    const replaced = next || String.fromCharCode(value.charCodeAt(i) + 1);
    add(`character ${i + 1} replaced`, value.slice(0, i) + replaced + value.slice(i + 1));
    const swapped = value
      .slice(i, i + 2)
      .split('')
      .reverse()
      .join('');
    add(
      `characters ${i + 1} and ${i + 2} swapped`,
      value.slice(0, i) + swapped + value.slice(i + 2),
    );
  }
  add('first character lost', value.slice(1));
  add('last character lost', value.slice(0, -1));
  add('last character doubled', value + value.slice(-1));
  add('lower case', value.toLowerCase());
  add(
    'full width',
    value.replace(/[0-9A-Z]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)),
  );
  add('space before', ` ${value}`);
  add('line feed after', `${value}\n`);
  add('empty', '');
  return cases;
}

const USCC_CASES: readonly Named[] = [
  ['a company', USCC],
  ['an authority with X inside', AUTHORITY],
  ...['11999999000002014L', '11999999000002030A', '119999990000020497', '1199999900000209XA'].map(
    (value): Named => ['another organization', value],
  ),
  ...slips(USCC),
  ...slips(AUTHORITY),
  ...[...'IOSVZ'].map((letter): Named => [`the letter ${letter}`, `9199999900000011${letter}N`]),
  ['a letter among the division digits', '919999A9000000115N'],
  ['organization check right, last check wrong', '91999999000000115M'],
  ['last check right, organization check wrong', '91999999000000113G'],
];

const RESIDENT_CASES: readonly Named[] = [
  ['check digit 6', RESIDENT],
  ['check character X', RESIDENT_X],
  ['born on 29 February of a leap year', '999999200002290019'],
  ['born on 29 February of another year', '999999190002290012'],
  ['born on 31 June', '999999199006310018'],
  ['month 13', '999999199013010013'],
  ['day 0', '999999199001000010'],
  ['year 1799', '999999179901010013'],
  ['15 digits of the older form', '999999900101001'],
  ...slips(RESIDENT),
  ...slips(RESIDENT_X),
];

const LICENSE_CASES: readonly Named[] = [
  ['first version', LICENSE],
  ['second version', LICENSE.replace('.001.C', '.002.A')],
  ['check character of another version', LICENSE.replace('.001.', '.002.')],
  ['another root', LICENSE.replace('3005', '3006')],
  ['type code of 6 characters', LICENSE.replace('11999999000002030A021', '999001')],
  ['issuer code of 6 digits', LICENSE.replace(AUTHORITY, '999900')],
  ['type code of 5 characters', LICENSE.replace('11999999000002030A021', '99901')],
  ['issuer code with a wrong check', LICENSE.replace(AUTHORITY, '1199999900000006XR')],
  ['serial of 40 characters', LICENSE.replace('20260400000123', 'A'.repeat(40))],
  ['serial of 41 characters', LICENSE.replace('20260400000123', 'A'.repeat(41))],
  ['no serial', LICENSE.replace('20260400000123', '')],
  ['serial in lower case', LICENSE.replace('20260400000123', 'abc')],
  ['version of two digits', LICENSE.replace('.001.', '.01.')],
  ['version with a letter', LICENSE.replace('.001.', '.00A.')],
  ['check of two characters', `${LICENSE}C`],
  ['no check', LICENSE.slice(0, -1)],
  ['a part too many', `${LICENSE}.1`],
  ['no root', LICENSE.slice('1.2.156.3005.2.'.length)],
  ...slips(LICENSE),
];

const ITEM_CASES: readonly Named[] = [
  ['an item of an authority', ITEM],
  ['organization code with a wrong check', `1199999900000006XR${ITEM.slice(18)}`],
  ['letters after the organization code', `${AUTHORITY}2000113011W01`],
  ['30 characters', ITEM.slice(0, -1)],
  ['32 characters', `${ITEM}0`],
  ['lower case', ITEM.toLowerCase()],
  ['a letter that no organization code has', `I${ITEM.slice(1)}`],
];

const LICENSE_TYPE_CASES: readonly Named[] = [
  ['of a defining authority', '11999999000002030A021'],
  ['organization code with a wrong check', '11999999000002030B021'],
  ['20 characters', '11999999000002030A02'],
  ['a letter in the sequence', '11999999000002030A02A'],
];

const REGION_CASES: readonly Named[] = [
  ['county', '999999'],
  ['city', '999900'],
  ['village', '999999001002'],
  ['five digits', '99999'],
  ['nine digits', '999999001'],
  ['begins with zero', '099999'],
  ['a letter', '99999A'],
  ['full width', '９９９９９９'],
];

const RESOURCE_CASES: readonly Named[] = [
  ['class, item, catalogue, detail and number', '307003042001/000001'],
  ['class, item and catalogue', '307003'],
  ['without detail', '307099/000017'],
  ['without number', '307099001'],
  ['letters', '3A7099001/W00017'],
  ['a classification of 32 characters', '3'.repeat(32)],
  ['a classification of 33 characters', '3'.repeat(33)],
  ['a classification of 5 characters', '30709'],
  ['a number of 16 characters', `307099/${'1'.repeat(16)}`],
  ['a number of 17 characters', `307099/${'1'.repeat(17)}`],
  ['no number after the slash', '307099/'],
  ['two slashes', '307099/000017/1'],
  ['lower case', '307099/a'],
  ['full width', '３０７０９９'],
  ['a space', '307 099/000017'],
  ['line feed after', '307099/000017\n'],
  ['empty', ''],
];

const FAULTS = { form: 'PROFILES_IDENTIFIER_FORM', check: 'PROFILES_IDENTIFIER_CHECK' };
const WARNINGS = {
  check: 'PROFILES_WARN_CHECK',
  legacy: 'PROFILES_WARN_LEGACY',
  organization: 'PROFILES_WARN_ORGANIZATION',
};

function cases(input: {
  readonly scheme: string;
  readonly description: string;
  readonly named: readonly Named[];
  readonly judge: (text: string) => Judgement;
}): string {
  const { scheme, description, named, judge } = input;
  const judged = named.map(([name, value]) => {
    const { fault, warnings = [] } = judge(value);
    return {
      name,
      value,
      accept: fault === undefined,
      ...(fault && { code: FAULTS[fault] }),
      ...(warnings.length > 0 && { warnings: warnings.map((warning) => WARNINGS[warning]) }),
    };
  });
  return `${JSON.stringify({ description, scheme, cases: judged }, null, 1)}\n`;
}

/** Make the vectors of identifiers: path under vectors/ → text. */
export function generateIdentifiers(): Record<string, string> {
  return {
    'identifiers/uscc.json': cases({
      scheme: 'uscc',
      description:
        'Unified social credit codes (GB 32100): MOD 31, and MOD 11 for the organization code inside.',
      named: USCC_CASES,
      judge: judgeUscc,
    }),
    'identifiers/resident.json': cases({
      scheme: 'resident',
      description: 'Resident numbers (GB 11643): a date of birth that exists, and MOD 11-2.',
      named: RESIDENT_CASES,
      judge: judgeResident,
    }),
    'identifiers/license.json': cases({
      scheme: 'license',
      description:
        'License identifiers (GB/T 36904): MOD 37,36 and the codes inside; wrong checks are warnings.',
      named: LICENSE_CASES,
      judge: judgeLicense,
    }),
    'identifiers/license-type.json': cases({
      scheme: 'license-type',
      description: 'License type codes: 18 characters of the defining authority and three digits.',
      named: LICENSE_TYPE_CASES,
      judge: judgeLicenseType,
    }),
    'identifiers/item.json': cases({
      scheme: 'item',
      description:
        'Service item codes (GB/T 39554): 31 characters that begin with an organization code.',
      named: ITEM_CASES,
      judge: judgeItem,
    }),
    'identifiers/region.json': cases({
      scheme: 'region',
      description: 'Division codes (GB/T 2260): by form only, since codes are abolished over time.',
      named: REGION_CASES,
      judge: judgeRegion,
    }),
    'identifiers/resource.json': cases({
      scheme: 'resource',
      description:
        'Codes of resources of government data (GB/T 21063): class, item, catalogue and detail, and the number in it.',
      named: RESOURCE_CASES,
      judge: judgeResource,
    }),
  };
}

if (process.argv[1] === import.meta.filename) {
  for (const [path, text] of Object.entries(generateIdentifiers())) {
    const file = new URL(`../${path}`, import.meta.url);
    mkdirSync(dirname(file.pathname), { recursive: true });
    writeFileSync(file, text);
  }
}
