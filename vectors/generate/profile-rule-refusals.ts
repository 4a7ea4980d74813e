import type { Refused } from './profile-refusals.ts';

// What rules between several fields refuse, profile by profile: `example` is the number of the event.

const LICENSE = '1.2.156.3005.2.11999999000002030A021.1199999900000006XQ.20260400000123.001.C';

const missing = (field: string): Pick<Refused, 'code' | 'at'> => ({
  code: 'PROFILES_FIELD_MISSING',
  at: `/claims/${field}`,
});

export const RULE_REFUSALS: Readonly<Record<string, readonly Refused[]>> = {
  'license.lifecycle/1': [
    {
      name: 'transfer in without the license before',
      example: 0,
      set: { reasonCode: '08' },
      remove: ['previousIdentifier', 'previousStatusTo'],
      ...missing('previousIdentifier'),
    },
    {
      name: 'a state of the license before, and no such license',
      example: 0,
      set: { previousStatusTo: 'superseded' },
      remove: ['previousIdentifier'],
      ...missing('previousIdentifier'),
    },
    {
      name: 'a license before without its state',
      example: 0,
      remove: ['previousStatusTo'],
      ...missing('previousStatusTo'),
    },
    {
      name: 'a license that succeeds itself',
      example: 1,
      set: {
        certificateIdentifier: LICENSE,
        previousIdentifier: LICENSE,
        previousStatusTo: 'superseded',
      },
      code: 'PROFILES_VALUE_REPEATED',
      at: '/claims/previousIdentifier',
    },
    {
      name: 'a credit code with a wrong check',
      example: 0,
      set: { holderTypeCode: '001', holderCode: '91999999000000115M' },
      code: 'PROFILES_IDENTIFIER_CHECK',
      at: '/claims/holderCode',
    },
    {
      name: 'a resident number with a wrong check',
      example: 0,
      set: { holderTypeCode: '111', holderCode: '999999199001010017' },
      code: 'PROFILES_IDENTIFIER_CHECK',
      at: '/claims/holderCode',
    },
  ],
  'license.use/1': [
    {
      name: 'consent without a reference',
      example: 0,
      set: { consentMode: 'holder-app' },
      remove: ['consentRef'],
      ...missing('consentRef'),
    },
  ],
  'seal.use/1': [
    {
      name: 'an official document without approval',
      example: 0,
      set: { documentType: 'official-doc' },
      remove: ['approvalRef'],
      ...missing('approvalRef'),
    },
  ],
  'share.request/1': [
    {
      name: 'personal information, and not whether it is sensitive',
      example: 0,
      set: { personalInfo: true },
      remove: ['sensitivePersonalInfo'],
      ...missing('sensitivePersonalInfo'),
    },
    {
      name: 'an interface without a quota',
      example: 0,
      set: { exchangeMode: 'api' },
      remove: ['callQuotaPerDay'],
      ...missing('callQuotaPerDay'),
    },
  ],
  'share.delivery/1': [
    {
      name: 'a subject that nobody names',
      example: 0,
      set: { subjectType: 'legal' },
      remove: ['subjectPseudonym'],
      ...missing('subjectPseudonym'),
    },
    {
      name: 'a batch without its subjects',
      example: 0,
      set: { subjectType: 'batch' },
      remove: ['subjectSetDigest'],
      ...missing('subjectSetDigest'),
    },
    {
      name: 'a file without its digest',
      example: 0,
      set: { exchangeMode: 'file' },
      remove: ['fileDigest'],
      ...missing('fileDigest'),
    },
    {
      name: 'a table without its digest',
      example: 0,
      set: { exchangeMode: 'table' },
      remove: ['tableSnapshotDigest'],
      ...missing('tableSnapshotDigest'),
    },
  ],
  'access/1': [
    {
      name: 'a subject that nobody names',
      example: 0,
      set: { subjectType: 'natural' },
      remove: ['subjectPseudonym'],
      ...missing('subjectPseudonym'),
    },
    {
      name: 'neither case nor reason',
      example: 0,
      remove: ['caseNo', 'reason'],
      ...missing('reason'),
    },
  ],
  'log/1': [
    {
      name: 'a predecessor without its size',
      example: 0,
      set: { predecessorOrigin: 'example.gov/old' },
      ...missing('predecessorSize'),
    },
    {
      name: 'its own predecessor',
      example: 0,
      set: {
        predecessorOrigin: 'example.gov/licenses',
        predecessorSize: 1,
        predecessorRootHash: 'UNhY4JhezH9gQYqvDMWrWH9CwlcKiECVqenlS7iwTRI=',
      },
      code: 'PROFILES_VALUE_REPEATED',
      at: '/claims/predecessorOrigin',
    },
    {
      name: 'a source before without its last number',
      example: 1,
      set: { predecessorSource: '1199999900000006XQ/license-make/0' },
      ...missing('predecessorLast'),
    },
  ],
};
