import { canonicalize, type JsonValue } from '@anchorlog/core';
import type { Statement } from '@anchorlog/statement';

/** All statements of one delivery of shared data, by index. spec/audit §5.2 */
export interface DeliveryMatch {
  readonly deliveryId: string;
  /** Of organisations that name themselves as the provider. */
  readonly providers: readonly number[];
  /** Of organisations that name themselves as the consumer. */
  readonly consumers: readonly number[];
  /** Of all others, who may write any delivery's number. */
  readonly strangers: readonly number[];
  /** Public claims in which statements of the two sides differ. */
  readonly differences: readonly string[];
}

/** What both sides must say alike. */
const AGREED = [
  'authorizationId',
  'consumerOrgCode',
  'event',
  'exchangeMode',
  'fieldsReturned',
  'providerOrgCode',
  'purposeCode',
  'recordCount',
  'requestTime',
  'resourceCode',
  'responseTime',
  'result',
] as const;

/** Match the statements of providers and consumers by delivery, in the order in which deliveries first appear. */
export function matchDeliveries(
  entries: Iterable<{ readonly index: number; readonly statement: Statement }>,
): DeliveryMatch[] {
  const deliveries = new Map<string, Delivery>();
  for (const { index, statement } of entries) {
    const { profile, claims, issuer } = statement;
    const { deliveryId, providerOrgCode, consumerOrgCode } = claims;
    if (!profile.startsWith('share.delivery/') || typeof deliveryId !== 'string') continue;
    const delivery = deliveries.get(deliveryId) ?? new Delivery();
    deliveries.set(deliveryId, delivery);
    const provides = issuer.org === providerOrgCode;
    const consumes = issuer.org === consumerOrgCode;
    if (provides) delivery.providers.push(index);
    if (consumes) delivery.consumers.push(index);
    if (provides || consumes) delivery.statements.push(statement);
    else delivery.strangers.push(index);
  }
  return [...deliveries].map(([deliveryId, { providers, consumers, strangers, statements }]) => ({
    deliveryId,
    providers,
    consumers,
    strangers,
    differences: AGREED.filter(
      (name) => new Set(statements.map((each) => said(each, name))).size > 1,
    ),
  }));
}

class Delivery {
  readonly providers: number[] = [];
  readonly consumers: number[] = [];
  readonly strangers: number[] = [];
  /** Of both sides, all of them: none can take another's place. */
  readonly statements: Statement[] = [];
}

function said(statement: Statement, name: (typeof AGREED)[number]): string {
  const value: JsonValue | undefined = name === 'event' ? statement.event : statement.claims[name];
  return value === undefined ? '' : canonicalize(value);
}
