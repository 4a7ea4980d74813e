import type { LogRecord } from '@anchorlog/statement';
import type { IssuerConfig } from './config.ts';
import { sdkError } from './error.ts';

/** An organisation's system, by which a record says whose it is. */
interface Issuer {
  readonly org: string;
  readonly system: string;
}

/** Name an issuer as its key file does. */
export function issuerName({ org, system }: Issuer): string {
  return `${org}/${system}`;
}

/** Of so many issuers a refusal gives the names. */
const MOST_NAMED = 8;

/**
 * Find out whose a record is: who it names, or the only one there is. Where there are several nobody else can tell, and a signature of the
 * wrong one would stand for ever (spec/notary §2). @throws SDK_ISSUER_UNKNOWN, SDK_ISSUER_AMBIGUOUS
 */
export function issuerOf(
  { issuer }: Pick<LogRecord, 'issuer'>,
  issuers: readonly IssuerConfig[],
): Issuer {
  const [only, ...others] = issuers;
  if (issuer === undefined) {
    if (only && others.length === 0) return only;
    const names = issuers.map(issuerName);
    const shown = names.slice(0, MOST_NAMED).join(', ') + (names.length > MOST_NAMED ? ', …' : '');
    throw sdkError('SDK_ISSUER_AMBIGUOUS', `/issuer: expected one of ${shown}`, { issuers: names });
  }
  const found = issuers.find(({ org, system }) => org === issuer.org && system === issuer.system);
  if (found) return found;
  const { org, system } = issuer;
  throw sdkError('SDK_ISSUER_UNKNOWN', `/issuer: no key of ${issuerName(issuer)}`, { org, system });
}
