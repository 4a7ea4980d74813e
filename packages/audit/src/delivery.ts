import { canonicalize, type JsonValue } from '@anchorlog/core';
import type { Statement } from '@anchorlog/statement';

/** Both sides of one delivery of shared data. spec/audit §5 */
export interface DeliveryMatch {
  readonly deliveryId: string;
  /** Index of the provider's statement, and of the consumer's. */
  readonly provider?: number | undefined;
  readonly consumer?: number | undefined;
  /** Public claims in which the two differ. */
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
  const sides = new Map<string, { provider?: Side; consumer?: Side }>();
  for (const { index, statement } of entries) {
    const { profile, claims, issuer } = statement;
    const deliveryId = claims['deliveryId'];
    if (!profile.startsWith('share.delivery/') || typeof deliveryId !== 'string') continue;
    const delivery = sides.get(deliveryId) ?? {};
    const side = issuer.org === claims['consumerOrgCode'] ? 'consumer' : 'provider';
    delivery[side] ??= { index, statement }; // a second statement of one side changes nothing of the first
    sides.set(deliveryId, delivery);
  }
  return [...sides].map(([deliveryId, { provider, consumer }]) => ({
    deliveryId,
    provider: provider?.index,
    consumer: consumer?.index,
    differences:
      provider && consumer
        ? AGREED.filter((name) => said(provider, name) !== said(consumer, name))
        : [],
  }));
}

interface Side {
  readonly index: number;
  readonly statement: Statement;
}

function said({ statement }: Side, name: (typeof AGREED)[number]): string {
  const value: JsonValue | undefined = name === 'event' ? statement.event : statement.claims[name];
  return value === undefined ? '' : canonicalize(value);
}
