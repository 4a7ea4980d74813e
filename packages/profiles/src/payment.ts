import { COMMON_FIELDS } from './common.ts';
import {
  COUNT,
  eventsOf,
  fieldsOf,
  INSTANT,
  ITEM,
  key,
  officialName,
  PSEUDONYM,
  SALTED_DIGEST,
  text,
  USCC,
  word,
  type RuledProfile,
} from './field.ts';

/** An order has no trade number of its channel yet. */
const SETTLED = ['payment.paid', 'payment.refund', 'payment.reconcile'];

/** `payment.receipt/1`: orders, payments, refunds and their reconciliation (spec/profiles §6.11). */
export const PAYMENT_RECEIPT: RuledProfile = {
  name: 'payment.receipt/1',
  title: { zh: '公共支付凭证', en: 'Payment receipt' },
  events: eventsOf([
    ['payment.order', '下单', 'Ordered'],
    ['payment.paid', '已支付', 'Paid'],
    ['payment.refund', '退款', 'Refunded'],
    ['payment.reconcile', '对账', 'Reconciled'],
  ]),
  // prettier-ignore
  fields: fieldsOf([
    ['payOrderNo', '支付订单号', 'Payment order number', text(64), true, 'committed'],
    ['noticeNo', '缴款通知书号', 'Payment notice number', text(64), false, 'committed'],
    ['itemName', '缴费项目名称', 'Name of the fee', officialName(100), true, 'public'],
    ['itemCode', '事项实施编码', 'Service item code', ITEM, false, 'public'],
    ['payeeOrgCode', '执收单位代码', 'Payee code', USCC, true, 'public'],
    ['amountFen', '金额', 'Amount in fen', COUNT, true, 'committed'],
    ['currency', '币种', 'Currency', { kind: 'string', max: 3, pattern: '^[A-Z]{3}$' }, true, 'public'],
    ['channel', '支付渠道', 'Channel', word('unionpay', 'wechat', 'alipay', 'bank', 'cash', 'ecny'), true, 'public'],
    ['channelTradeNoDigest', '渠道流水摘要', 'Digest of the channel trade number', SALTED_DIGEST, SETTLED, 'committed'],
    ['payerPseudonym', '缴款人假名', 'Payer pseudonym', PSEUDONYM, false, 'key', key('holder')],
    ['payerName', '缴款人', 'Payer', text(200), false, 'committed'],
    ['payerAccountTail', '账号尾号', 'Last four digits of the account', { kind: 'string', max: 4, pattern: '^[0-9]{4}$' }, false, 'committed'],
    ['paidTime', '支付时间', 'Paid at', INSTANT, ['payment.paid'], 'public'],
    ['state', '状态', 'State', word('created', 'paid', 'failed', 'refunded', 'reconciled'), true, 'public'],
    ['eInvoiceCode', '电子票据代码', 'E-invoice code', { kind: 'string', max: 8, pattern: '^[0-9]{8}$' }, false, 'public'],
    ['eInvoiceNoDigest', '电子票据号码摘要', 'Digest of the e-invoice number', SALTED_DIGEST, false, 'committed'],
    ['refundOf', '原支付订单号', 'Order refunded', text(64), ['payment.refund'], 'committed', { nullable: true }],
    ...COMMON_FIELDS,
  ]),
  rules: [
    {
      rule: 'eventValue',
      field: 'state',
      values: {
        'payment.order': ['created', 'failed'],
        'payment.paid': ['paid', 'failed'],
        'payment.refund': ['refunded', 'failed'],
        'payment.reconcile': ['reconciled'],
      },
    },
  ],
};
