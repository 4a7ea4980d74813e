import { isCodedError, type JsonObject, type JsonValue } from '@anchorlog/core';
import {
  checkRecord,
  checkValue,
  profileByName,
  PROFILES,
  recordFaults,
  type ProfilesCode,
  type ProfilesWarningCode,
} from '@anchorlog/profiles';
import type { Profile, ValueType } from '@anchorlog/statement';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OWN_PROFILE } from './own-profile.ts';
import { claimsOf, sample, SAMPLE_NAMES } from './samples.ts';

type Changes = Readonly<Record<string, JsonValue | undefined>>;

/** A sample, what is changed in it, and where that is refused with which code. */
type Refusal = readonly [
  name: string,
  changes: Changes,
  at: string,
  code: ProfilesCode,
  why: string,
];

const HEX = 'ab'.repeat(32);
const DIGEST = { alg: 'SM3', salted: false, value: HEX };

// prettier-ignore
const REFUSALS: readonly Refusal[] = [
  ['license-issue', { holderNme: 'x' }, '/claims/holderNme', 'PROFILES_FIELD_UNKNOWN', 'a misspelt field'],
  ['license-issue', { 'a/b~c': 1 }, '/claims/a~1b~0c', 'PROFILES_FIELD_UNKNOWN', 'a name that a pointer must escape'],
  ['license-issue', { files: [] }, '/claims/files', 'PROFILES_FIELD_RESERVED', 'what the issuer sets'],
  ['license-issue', { holderName: undefined }, '/claims/holderName', 'PROFILES_FIELD_MISSING', 'no holder'],
  ['license-issue', { fileDigest: undefined }, '/claims/fileDigest', 'PROFILES_FIELD_MISSING', 'no file, though the event makes one'],
  ['license-issue', { holderName: null }, '/claims/holderName', 'PROFILES_VALUE_TYPE', 'null where none may be'],
  ['license-issue', { holderName: 5 }, '/claims/holderName', 'PROFILES_VALUE_TYPE', 'a number for a text'],
  ['license-issue', { fileSize: '184320' }, '/claims/fileSize', 'PROFILES_VALUE_TYPE', 'a text for a number'],
  ['license-issue', { fileSize: -1 }, '/claims/fileSize', 'PROFILES_VALUE_RANGE', 'a negative size'],
  ['license-issue', { fileFormat: 'DOC' }, '/claims/fileFormat', 'PROFILES_VALUE_ENUM', 'another format'],
  ['license-issue', { certificateName: '' }, '/claims/certificateName', 'PROFILES_VALUE_LENGTH', 'an empty name'],
  ['license-issue', { certificateName: '证'.repeat(101) }, '/claims/certificateName', 'PROFILES_VALUE_LENGTH', 'a long name'],
  ['license-issue', { certificateName: '证'.repeat(1000) }, '/claims/certificateName', 'PROFILES_VALUE_LENGTH', 'a far too long name'],
  ['license-issue', { certificateName: '持证人13900000000' }, '/claims/certificateName', 'PROFILES_VALUE_PATTERN', 'a telephone number in a public name'],
  ['license-issue', { certificateName: '两\n行' }, '/claims/certificateName', 'PROFILES_VALUE_PATTERN', 'two lines in a public name'],
  ['license-issue', { certificateVersion: '1' }, '/claims/certificateVersion', 'PROFILES_VALUE_PATTERN', 'a version of one digit'],
  ['license-issue', { issueDate: '2026-02-30' }, '/claims/issueDate', 'PROFILES_VALUE_TIME', 'a date that does not exist'],
  ['license-issue', { effectiveTime: '2026-04-15T15:20:33' }, '/claims/effectiveTime', 'PROFILES_VALUE_TIME', 'a time without offset'],
  ['license-issue', { issuerOrgCode: '1199999900000006X' }, '/claims/issuerOrgCode', 'PROFILES_IDENTIFIER_FORM', 'a code of 17 characters'],
  ['license-issue', { issuerOrgCode: '1199999900000006XR' }, '/claims/issuerOrgCode', 'PROFILES_IDENTIFIER_CHECK', 'a wrong check character'],
  ['license-issue', { holderCode: '91999999000000115M' }, '/claims/holderCode', 'PROFILES_IDENTIFIER_CHECK', 'a holder code that is wrong for its type'],
  ['license-issue', { holderTypeCode: '111', holderCode: '999999199001010017' }, '/claims/holderCode', 'PROFILES_IDENTIFIER_CHECK', 'a resident number that is wrong'],
  ['license-issue', { holderPseudonym: { kind: 'uscc', id: '91999999000000115M' } }, '/claims/holderPseudonym/id', 'PROFILES_IDENTIFIER_CHECK', 'a pseudonym made of a wrong code'],
  ['license-issue', { holderPseudonym: { kind: 'uscc', id: 'x', name: 'y' } }, '/claims/holderPseudonym', 'PROFILES_VALUE_TYPE', 'a pseudonym with more than kind and id'],
  ['license-issue', { holderPseudonym: { kind: 'USCC', id: 'x' } }, '/claims/holderPseudonym/kind', 'PROFILES_VALUE_PATTERN', 'a kind that is no word'],
  ['license-issue', { holderPseudonym: { id: 'x' } }, '/claims/holderPseudonym/kind', 'PROFILES_VALUE_TYPE', 'a pseudonym without kind'],
  ['license-issue', { holderPseudonym: ['x'] }, '/claims/holderPseudonym', 'PROFILES_VALUE_TYPE', 'a list for a pseudonym'],
  ['license-issue', { certificateIdentifier: '1.2.3' }, '/claims/certificateIdentifier', 'PROFILES_IDENTIFIER_FORM', 'no license identifier'],
  ['license-issue', { fileDigest: { ...DIGEST, salted: true } }, '/claims/fileDigest', 'PROFILES_DIGEST_SALT', 'a salted digest in clear'],
  ['license-issue', { fileDigest: { ...DIGEST, alg: 'MD5' } }, '/claims/fileDigest', 'PROFILES_DIGEST_FORM', 'an algorithm that is not known'],
  ['license-issue', { fileDigest: { ...DIGEST, alg: 'constructor' } }, '/claims/fileDigest', 'PROFILES_DIGEST_FORM', 'an inherited name as algorithm'],
  ['license-issue', { fileDigest: { ...DIGEST, alg: 'SHA-512' } }, '/claims/fileDigest', 'PROFILES_DIGEST_FORM', 'a digest of another length'],
  ['license-issue', { fileDigest: { ...DIGEST, value: HEX.toUpperCase() } }, '/claims/fileDigest', 'PROFILES_DIGEST_FORM', 'upper-case hexadecimal'],
  ['license-issue', { fileDigest: { ...DIGEST, file: 'x' } }, '/claims/fileDigest', 'PROFILES_DIGEST_FORM', 'a digest with more in it'],
  ['license-issue', { fileDigest: HEX }, '/claims/fileDigest', 'PROFILES_VALUE_TYPE', 'a bare digest'],
  ['license-issue', { extendInfo: { text: 'x'.repeat(65_536) } }, '/claims/extendInfo', 'PROFILES_VALUE_SIZE', 'face data that is too large'],
  ['license-issue', { extendInfo: [] }, '/claims/extendInfo', 'PROFILES_VALUE_TYPE', 'a list for an object'],
  ['license-issue', { coHolders: Array.from({ length: 65 }, () => ({})) }, '/claims/coHolders', 'PROFILES_ARRAY_LENGTH', 'too many holders'],
  ['license-issue', { coHolders: [{ text: 'x'.repeat(2048) }] }, '/claims/coHolders/0', 'PROFILES_VALUE_SIZE', 'an item that is too large'],
  ['license-issue', { coHolders: {} }, '/claims/coHolders', 'PROFILES_VALUE_TYPE', 'an object for a list'],
  ['license-issue', { statusTo: 'suspended' }, '/claims/statusTo', 'PROFILES_EVENT_MISMATCH', 'a state that the event does not bring about'],
  ['license-issue', { validTo: '2026-04-14' }, '/claims/validTo', 'PROFILES_ORDER_BROKEN', 'an end before its begin'],
  ['license-issue', { previousStatusTo: 'superseded' }, '/claims/previousIdentifier', 'PROFILES_FIELD_MISSING', 'a status of no other license'],
  ['license-issue', { reasonCode: '08' }, '/claims/previousIdentifier', 'PROFILES_FIELD_MISSING', 'transferred in from nowhere'],
  ['license-change', { previousIdentifier: undefined }, '/claims/previousIdentifier', 'PROFILES_FIELD_MISSING', 'a change of no other license'],
  ['license-change', { previousStatusTo: undefined }, '/claims/previousStatusTo', 'PROFILES_FIELD_MISSING', 'a change that leaves the other license open'],
  ['license-change', { previousIdentifier: sample('license-change.json').claims['certificateIdentifier'] }, '/claims/previousIdentifier', 'PROFILES_VALUE_REPEATED', 'a license that succeeds itself'],
  ['license-copy', { consentRef: undefined }, '/claims/consentRef', 'PROFILES_FIELD_MISSING', 'consent without a reference'],
  ['license-copy', { copyExpires: '2026-09-10T09:20:13+08:00' }, '/claims/copyExpires', 'PROFILES_ORDER_BROKEN', 'a copy that expired before it was made'],
  ['license-copy', { useForm: 'present-qr' }, '/claims/useForm', 'PROFILES_EVENT_MISMATCH', 'a form of use of another event'],
  ['license-copy', { relyingOrgCode: '' }, '/claims/relyingOrgCode', 'PROFILES_IDENTIFIER_FORM', 'no relying organization'],
  ['license-copy', { copyDigest: DIGEST }, '/claims/copyDigest', 'PROFILES_DIGEST_SALT', 'a guessable digest without salt'],
  ['license-copy', { purposeCode: '门店备案' }, '/claims/purposeCode', 'PROFILES_VALUE_PATTERN', 'a purpose in words where a code is due'],
  ['license-copy', { purpose: '事'.repeat(201) }, '/claims/purpose', 'PROFILES_VALUE_LENGTH', 'a purpose over 200 characters'],
  ['license-copy', { disclosedFields: Array.from({ length: 101 }, () => 'x') }, '/claims/disclosedFields', 'PROFILES_ARRAY_LENGTH', 'too many field names'],
  ['seal-activate', { statusTo: 'filed' }, '/claims/statusTo', 'PROFILES_EVENT_MISMATCH', 'an activation that does not activate'],
  ['seal-activate', { sealDataDigest: undefined }, '/claims/sealDataDigest', 'PROFILES_FIELD_MISSING', 'a seal without its data'],
  ['seal-activate', { sealType: '06' }, '/claims/sealType', 'PROFILES_VALUE_ENUM', 'a type that is not listed'],
  ['seal-activate', { validTo: '2026-03-31T00:00:00+08:00' }, '/claims/validTo', 'PROFILES_ORDER_BROKEN', 'a period that ends before it begins'],
  ['seal-sign-issue', { documentType: 'official-doc', approvalRef: undefined }, '/claims/approvalRef', 'PROFILES_FIELD_MISSING', 'an official document without approval'],
  ['seal-sign-issue', { result: 'refused' }, '/claims/result', 'PROFILES_EVENT_MISMATCH', 'a sealing that was refused'],
  ['seal-sign-issue', { signatureId: 'AB'.repeat(16) }, '/claims/signatureId', 'PROFILES_VALUE_PATTERN', 'upper-case hexadecimal'],
  ['share-request', { callQuotaPerDay: undefined }, '/claims/callQuotaPerDay', 'PROFILES_FIELD_MISSING', 'calls without a quota'],
  ['share-request', { personalInfo: true }, '/claims/sensitivePersonalInfo', 'PROFILES_FIELD_MISSING', 'personal information of unknown kind'],
  ['share-request', { personalInfo: 'false' }, '/claims/personalInfo', 'PROFILES_VALUE_TYPE', 'a text for a boolean'],
  ['share-request', { itemCodes: ['x'] }, '/claims/itemCodes/0', 'PROFILES_IDENTIFIER_FORM', 'an item code that is none'],
  ['share-request', { periodTo: '2026-08-31' }, '/claims/periodTo', 'PROFILES_ORDER_BROKEN', 'a period that ends before it begins'],
  ['share-approve', { decision: 'deny' }, '/claims/decision', 'PROFILES_EVENT_MISMATCH', 'an approval that denies'],
  ['share-approve', { authorizationId: undefined }, '/claims/authorizationId', 'PROFILES_FIELD_MISSING', 'an approval without authorization'],
  ['share-deny', { reasonCode: undefined }, '/claims/reasonCode', 'PROFILES_FIELD_MISSING', 'a denial without reason'],
  ['share-deliver', { subjectPseudonym: undefined }, '/claims/subjectPseudonym', 'PROFILES_FIELD_MISSING', 'a query about one subject without it'],
  ['share-deliver', { subjectType: 'batch', subjectPseudonym: undefined }, '/claims/subjectSetDigest', 'PROFILES_FIELD_MISSING', 'a batch without its set'],
  ['share-deliver', { exchangeMode: 'file' }, '/claims/fileDigest', 'PROFILES_FIELD_MISSING', 'a file without digest'],
  ['share-deliver', { exchangeMode: 'table' }, '/claims/tableSnapshotDigest', 'PROFILES_FIELD_MISSING', 'a table without digest'],
  ['share-deliver', { responseTime: '2026-09-03T10:31:05.113+08:00' }, '/claims/responseTime', 'PROFILES_ORDER_BROKEN', 'an answer before the question'],
  ['share-deliver', { responseDigest: undefined }, '/claims/responseDigest', 'PROFILES_FIELD_MISSING', 'a delivery without its digest'],
  ['share-deliver', { recordCount: 1.5 }, '/claims/recordCount', 'PROFILES_VALUE_TYPE', 'one record and a half'],
  ['share-deliver', { resourceCode: '30702/1004/000123' }, '/claims/resourceCode', 'PROFILES_IDENTIFIER_FORM', 'a resource code of three parts'],
  ['access-read', { action: 'export' }, '/claims/action', 'PROFILES_EVENT_MISMATCH', 'a reading that exports'],
  ['access-read', { outcome: 'denied' }, '/claims/outcome', 'PROFILES_EVENT_MISMATCH', 'a reading that was denied'],
  ['access-read', { hiddenFromSubject: undefined }, '/claims/hiddenFromSubject', 'PROFILES_FIELD_MISSING', 'not said whether hidden'],
  ['access-read', { caseNo: undefined, reason: undefined }, '/claims/reason', 'PROFILES_FIELD_MISSING', 'neither case nor reason'],
  ['access-deny', { outcome: 'success' }, '/claims/outcome', 'PROFILES_EVENT_MISMATCH', 'a denial that succeeded'],
  ['case-accept', { stepSeq: 0 }, '/claims/stepSeq', 'PROFILES_VALUE_RANGE', 'a step before the first'],
  ['case-accept', { caseNo: undefined }, '/claims/caseNo', 'PROFILES_FIELD_MISSING', 'a step of no case'],
  ['case-accept', { parentCaseNo: sample('case-accept.json').claims['caseNo'] }, '/claims/parentCaseNo', 'PROFILES_VALUE_REPEATED', 'a case that is its own parent'],
  ['case-accept', { stepState: 'finished' }, '/claims/stepState', 'PROFILES_EVENT_MISMATCH', 'accepted and finished at once'],
  ['case-accept', { outputLicense: 5 }, '/claims/outputLicense', 'PROFILES_VALUE_TYPE', 'a number where a text or null is due'],
  ['asset-register', { scopeText: undefined }, '/claims/scopeText', 'PROFILES_FIELD_MISSING', 'no scope'],
  ['asset-register', { publicityTo: undefined }, '/claims/publicityTo', 'PROFILES_FIELD_MISSING', 'a publicity without end'],
  ['asset-register', { registrationType: 'renew' }, '/claims/registrationType', 'PROFILES_EVENT_MISMATCH', 'a first registration that renews'],
  ['asset-register', { priorEvidence: '曾经 存证' }, '/claims/priorEvidence', 'PROFILES_VALUE_PATTERN', 'words where a reference is due'],
  ['payment-paid', { amountFen: -1 }, '/claims/amountFen', 'PROFILES_VALUE_RANGE', 'a negative amount'],
  ['payment-paid', { currency: 'yuan' }, '/claims/currency', 'PROFILES_VALUE_LENGTH', 'a currency that is no code'],
  ['payment-paid', { payerAccountTail: '12a4' }, '/claims/payerAccountTail', 'PROFILES_VALUE_PATTERN', 'a letter in an account number'],
  ['payment-paid', { paidTime: undefined }, '/claims/paidTime', 'PROFILES_FIELD_MISSING', 'paid at no time'],
  ['payment-paid', { state: 'created' }, '/claims/state', 'PROFILES_EVENT_MISMATCH', 'paid but only created'],
  ['document-guide', { digest: undefined }, '/claims/digest', 'PROFILES_FIELD_MISSING', 'a document without digest'],
  ['document-guide', { previousVersion: '2026.2' }, '/claims/previousVersion', 'PROFILES_VALUE_REPEATED', 'a version that follows itself'],
  ['document-guide', { documentType: 'letter' }, '/claims/documentType', 'PROFILES_VALUE_ENUM', 'a type that is not listed'],
  ['document-guide', { traceId: 'ABCDEF'.repeat(6).slice(0, 32) }, '/claims/traceId', 'PROFILES_VALUE_PATTERN', 'a trace in upper case'],
  ['document-guide', { retention: '10 years' }, '/claims/retention', 'PROFILES_VALUE_PATTERN', 'a retention that is no duration'],
  ['document-guide', { dataClass: 'G5' }, '/claims/dataClass', 'PROFILES_VALUE_ENUM', 'a class that is not listed'],
];

/** 91999999000000115N in full width and lower case. */
const WIDE_CODE = '９１９９９９９９００００００１１５ｎ';

const LOG_CREATE: JsonObject = {
  origin: 'example.gov/licenses',
  suite: 'sha256',
  index: 'none',
  anchorBy: 24,
  chains: [`eip155:1337:0x${'ab'.repeat(20)}`],
};

describe('checkRecord', () => {
  test.each(REFUSALS)('refuses in %s %o, %s, %s: %s', (name, changes, at, code, _why) => {
    const claims = claimsOf(`${name}.json`, changes);
    const { event, profile } = sample(`${name}.json`);
    expect(refusalOf({ event, claims }, profileByName(profile))).toMatchObject({
      code,
      context: { at },
    });
  });

  test('refuses an event of another profile', () => {
    const { claims } = sample('license-issue.json');
    for (const event of ['license.present', 'license', '']) {
      const refused = refusalOf({ event, claims }, profileByName('license.lifecycle/1'));
      expect(refused).toMatchObject({ code: 'PROFILES_EVENT_UNKNOWN', context: { at: '/event' } });
    }
  });

  test.each(SAMPLE_NAMES)('refuses %s without any one field that its event requires', (name) => {
    const { event, profile } = sample(name);
    const { fields } = profileByName(profile);
    for (const { name: field, required } of fields) {
      const isRequired = typeof required === 'boolean' ? required : required.includes(event);
      if (!isRequired) continue;
      const claims = claimsOf(name, { [field]: undefined });
      expect(refusalOf({ event, claims }, profileByName(profile))).toMatchObject({
        code: 'PROFILES_FIELD_MISSING',
        context: { at: `/claims/${field}` },
      });
    }
  });

  test.each(SAMPLE_NAMES)('refuses %s with a value of another type in any field', (name) => {
    const { event, profile } = sample(name);
    for (const { name: field, type } of profileByName(profile).fields) {
      if (field === 'files') continue;
      const claims = claimsOf(name, { [field]: type.kind === 'boolean' ? 'true' : true });
      expect(refusalOf({ event, claims }, profileByName(profile))).toMatchObject({
        code: 'PROFILES_VALUE_TYPE',
        context: { at: `/claims/${field}` },
      });
    }
  });

  test('never repeats a value in what it says', () => {
    const secret = fc.string({
      unit: fc.constantFrom('Q', 'Z', 'q', 'z', '秘', '密'),
      minLength: 6,
      maxLength: 300,
    });
    const value = fc.oneof(
      secret,
      secret.map((text): JsonValue => [text]),
      secret.map((text): JsonValue => ({ kind: text, id: text })),
      secret.map((text): JsonValue => ({ alg: text, salted: true, value: text })),
    );
    fc.assert(
      fc.property(fc.constantFrom(...SAMPLE_NAMES), fc.nat(40), value, (name, at, changed) => {
        const { event, profile } = sample(name);
        const { fields } = profileByName(profile);
        const { name: field } = fields[at % fields.length]!;
        const claims = claimsOf(name, { [field]: changed });
        const refused = refusalOf({ event, claims }, profileByName(profile));
        fc.pre(refused !== undefined);
        const said = refused.message + JSON.stringify(refused.context);
        expect(said).not.toMatch(/[QZqz秘密]{6}/u);
      }),
    );
  });

  test('accepts what the log says of itself when it is made', () => {
    const profile = profileByName('log/1');
    const created = { event: 'log.create', claims: LOG_CREATE };
    expect(checkRecord(created, profile)).toEqual([]);
    const { chains: _, ...unanchored } = LOG_CREATE;
    expect(checkRecord({ event: 'log.create', claims: unanchored }, profile)).toEqual([]);
    const refusals: readonly (readonly [Changes, ProfilesCode])[] = [
      [{ origin: 'two words' }, 'PROFILES_VALUE_PATTERN'],
      [{ suite: 'sha1' }, 'PROFILES_VALUE_ENUM'],
      [{ index: 'index/2' }, 'PROFILES_VALUE_ENUM'],
      [{ anchorBy: 0 }, 'PROFILES_VALUE_RANGE'],
      [{ chains: ['1337'] }, 'PROFILES_VALUE_PATTERN'],
      [{ predecessorOrigin: 'example.gov/older' }, 'PROFILES_FIELD_MISSING'],
      [
        {
          predecessorOrigin: 'example.gov/licenses',
          predecessorSize: 1,
          predecessorRootHash: `${'A'.repeat(43)}=`,
        },
        'PROFILES_VALUE_REPEATED',
      ],
    ];
    for (const [changes, code] of refusals) {
      const claims = { ...LOG_CREATE, ...changes } as JsonObject; // none of these changes is undefined
      expect(refusalOf({ event: 'log.create', claims }, profile)).toMatchObject({ code });
    }
  });

  test('accepts what only the emitter keeps', () => {
    const { event, profile } = sample('share-deliver.json');
    for (const retention of ['P10Y', 'P3Y6M', 'P52W', 'PT1H', 'P1DT12H']) {
      const claims = claimsOf('share-deliver.json', {
        traceId: '0af7651916cd43dd8448eb211c80319c',
        retention,
      });
      expect(checkRecord({ event, claims }, profileByName(profile))).toEqual([]);
    }
    for (const retention of ['P', 'PT', 'P1', '10Y', 'P1H']) {
      const claims = claimsOf('share-deliver.json', { retention });
      expect(refusalOf({ event, claims }, profileByName(profile))).toMatchObject({
        code: 'PROFILES_VALUE_PATTERN',
      });
    }
  });

  test('refuses public claims that no entry has room for', () => {
    const items: ValueType = { kind: 'string', max: 1000, pattern: '^[a-z]+$' };
    const profile: Profile = {
      name: 'wide/1',
      title: { zh: '宽', en: 'Wide' },
      events: [{ name: 'wide', title: { zh: '宽', en: 'Wide' } }],
      fields: [
        {
          name: 'names',
          title: { zh: '名', en: 'Names' },
          type: { kind: 'array', items, max: 100 },
          required: true,
          disclosure: 'public',
        },
      ],
    };
    const claims = (count: number): JsonObject => ({
      names: Array.from({ length: count }, () => 'x'.repeat(1000)),
    });
    expect(checkRecord({ event: 'wide', claims: claims(48) }, profile)).toEqual([]);
    expect(refusalOf({ event: 'wide', claims: claims(50) }, profile)).toMatchObject({
      code: 'PROFILES_RECORD_SIZE',
    });
  });
});

type Warned = readonly [name: string, changes: Changes, at: string, code: ProfilesWarningCode];

const IDENTIFIER = '1.2.156.3005.2.11999999000002030A021.1199999900000006XQ.20260400000123.001.';
// prettier-ignore
const WARNINGS: readonly Warned[] = [
  ['license-issue', { certificateIdentifier: `${IDENTIFIER}D` }, '/claims/certificateIdentifier', 'PROFILES_WARN_CHECK'],
  ['license-issue', { certificateTypeCode: '11999999000002030A022' }, '/claims/certificateTypeCode', 'PROFILES_WARN_PART'],
  ['license-issue', { issuerOrgCode: '11999999000002065W' }, '/claims/issuerOrgCode', 'PROFILES_WARN_PART'],
  ['license-issue', { certificateVersion: '002' }, '/claims/certificateVersion', 'PROFILES_WARN_PART'],
  ['license-issue', { itemCode: '1199999900000006XR2000113011001' }, '/claims/itemCode', 'PROFILES_WARN_ORGANIZATION'],
  ['license-copy', { certificateIdentifier: '1.2.156.3005.2.999001.999900.1.001.0' }, '/claims/certificateIdentifier', 'PROFILES_WARN_LEGACY'],
  ['license-copy', { caseNo: undefined }, '/claims/caseNo', 'PROFILES_WARN_CASE'],
  ['share-deliver', { caseNo: undefined }, '/claims/caseNo', 'PROFILES_WARN_CASE'],
  ['access-read', { caseNo: undefined }, '/claims/caseNo', 'PROFILES_WARN_CASE'],
  ['share-request', { requestNo: 'GX-999999199001010016' }, '/claims/requestNo', 'PROFILES_WARN_RESIDENT'],
  ['access-read', { caseNo: '1199999900000204972609030118 ' }, '/claims/caseNo', 'PROFILES_WARN_SPACE'],
  ['access-read', { actor: { kind: 'staff', id: 'u0509\u200b' } }, '/claims/actor', 'PROFILES_WARN_SPACE'],
  ['license-copy', { holderCode: '　91999999000000115N' }, '/claims/holderCode', 'PROFILES_WARN_SPACE'],
];

describe('recordFaults', () => {
  const faultsOf = (name: string, changes: Changes): string[] => {
    const { profile, event } = sample(`${name}.json`);
    const claims = claimsOf(`${name}.json`, changes);
    return recordFaults({ event, claims }, profileByName(profile)).map(
      ({ code, context }) => `${code} ${String(context['at'])}`,
    );
  };

  test('finds what checkRecord refuses, and nothing in a record that fits', () => {
    for (const [name, changes, at, code] of REFUSALS) {
      expect(faultsOf(name, changes), `${name} ${at}`).toContain(`${code} ${at}`);
    }
    for (const name of SAMPLE_NAMES) expect(faultsOf(name.replace('.json', ''), {})).toEqual([]);
  });

  test('names all that is missing or wrong at once, each place once', () => {
    expect(
      faultsOf('license-issue', {
        holderName: undefined,
        issueDate: '2026-02-30',
        holderNme: 'x',
        previousStatusTo: 'valid',
      }),
    ).toEqual([
      'PROFILES_FIELD_MISSING /claims/holderName',
      'PROFILES_VALUE_TIME /claims/issueDate',
      'PROFILES_FIELD_UNKNOWN /claims/holderNme',
    ]);
    expect(faultsOf('license-issue', { holderName: undefined, previousStatusTo: 'valid' })).toEqual(
      [
        'PROFILES_FIELD_MISSING /claims/holderName',
        'PROFILES_FIELD_MISSING /claims/previousIdentifier',
      ],
    );
  });

  test('says one thing of a value of null, which is missing and of another type', () => {
    expect(faultsOf('license-issue', { holderName: null })).toEqual([
      'PROFILES_VALUE_TYPE /claims/holderName',
    ]);
  });

  test('lists the events that there are', () => {
    const [fault] = recordFaults(
      { event: 'document.read', claims: {} },
      profileByName('document/1'),
    );
    expect(fault?.message).toContain('document.publish, document.replace, document.withdraw');
  });
});

describe('checkRecord, in what it only reports', () => {
  test.each(WARNINGS)('warns in %s of %o', (name, changes, at, code) => {
    const { event, profile } = sample(`${name}.json`);
    const warnings = checkRecord(
      { event, claims: claimsOf(`${name}.json`, changes) },
      profileByName(profile),
    );
    expect(warnings.map((warning) => [warning.at, warning.code])).toContainEqual([at, code]);
    for (const { message } of warnings) expect(message.startsWith('/claims/')).toBe(true);
  });

  test('finds a resident number among field names too, but none in a longer number', () => {
    const { event, profile } = sample('license-copy.json');
    const warned = (disclosedFields: readonly string[]): number =>
      checkRecord(
        { event, claims: claimsOf('license-copy.json', { disclosedFields }) },
        profileByName(profile),
      ).length;
    expect(() => warned(['id999999199001010016'])).toThrow(
      expect.objectContaining({ code: 'PROFILES_VALUE_PATTERN' }),
    );
    const delivery = sample('share-deliver.json');
    const claims = claimsOf('share-deliver.json', { deliveryId: '5999999199001010016' });
    expect(checkRecord({ event: delivery.event, claims }, profileByName(delivery.profile))).toEqual(
      [],
    );
  });

  test('lets a person who scans have no case', () => {
    const { event, profile } = sample('license-copy.json');
    const claims = claimsOf('license-copy.json', { caseNo: undefined, relyingOrgCode: '-' });
    expect(checkRecord({ event, claims }, profileByName(profile))).toEqual([]);
  });
});

describe('checkValue', () => {
  test('counts characters, not code units', () => {
    const type: ValueType = { kind: 'string', max: 2 };
    expect(checkValue({ value: '𠮷𠮷', type, at: '/x' })).toEqual([]);
    expect(() => checkValue({ value: '𠮷𠮷𠮷', type, at: '/x' })).toThrow(
      expect.objectContaining({ code: 'PROFILES_VALUE_LENGTH' }),
    );
  });

  test('bounds integers that say no range by what JSON can hold', () => {
    const type: ValueType = { kind: 'integer' };
    expect(checkValue({ value: -5, type, at: '/x' })).toEqual([]);
    expect(() => checkValue({ value: 2 ** 53, type, at: '/x' })).toThrow(
      expect.objectContaining({ code: 'PROFILES_VALUE_TYPE' }),
    );
  });

  test('takes a pseudonym in the form that a business system has', () => {
    const type: ValueType = { kind: 'pseudonym' };
    for (const value of [
      'u0311',
      { kind: 'staff', id: 'x/u0311' },
      { kind: 'uscc', id: WIDE_CODE },
      { kind: 'constructor', id: 'x' },
    ]) {
      expect(checkValue({ value, type, at: '/x' })).toEqual([]);
    }
  });
});

describe('checkRecord of the registration of a profile', () => {
  const claimsFor = (definition: JsonValue): JsonObject => ({
    profileName: 'permit.visit/1',
    profileDigest: `${'A'.repeat(43)}=`,
    definition,
  });
  const code = (definition: JsonValue): string | undefined =>
    refusalOf({ event: 'profile.register', claims: claimsFor(definition) }, profileByName('log/1'))
      ?.code;

  test('takes the definition of a sound profile, and no other object', () => {
    expect(code(OWN_PROFILE)).toBeUndefined();
    expect(code({ ...OWN_PROFILE, title: { zh: 'Visit', en: 'Visit' } })).toBe(
      'PROFILES_VALUE_PROFILE',
    );
    expect(code({ note: '示例' })).toBe('PROFILES_VALUE_PROFILE');
    expect(code({ ...OWN_PROFILE, note: 'x'.repeat(20_000) })).toBe('PROFILES_VALUE_SIZE');
    expect(code('permit.visit/1')).toBe('PROFILES_VALUE_TYPE');
  });
});

describe('PROFILES', () => {
  test('are all provoked here, but the log itself, by a sample', () => {
    const sampled = new Set(SAMPLE_NAMES.map((name) => sample(name).profile));
    expect(PROFILES.map(({ name }) => name).filter((name) => !sampled.has(name))).toEqual([
      'log/1',
    ]);
  });
});

function refusalOf(
  record: Parameters<typeof checkRecord>[0],
  profile: Profile,
): { readonly code: string; readonly message: string; readonly context: object } | undefined {
  try {
    checkRecord(record, profile);
    return undefined;
  } catch (error) {
    if (isCodedError(error)) return error;
    throw error;
  }
}
