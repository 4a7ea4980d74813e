import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refusal } from '../../../test/refusal.ts';
import { parseXml } from '../src/index.ts';

const read = (text: string): string => refusal(() => parseXml(Buffer.from(text)));

describe('parseXml', () => {
  test('reads elements with namespaces, attributes and text', () => {
    const root = parseXml(
      Buffer.from(
        '\ufeff<?xml version="1.0" encoding="UTF-8"?><!-- a remark -->\n' +
          '<o:a xmlns:o="urn:o" xmlns="urn:d" x="1 &amp; 2" o:y="3"><b>一&#x4e8c;<!-- in between -->&lt;</b><o:c/><![CDATA[<&]]></o:a>\n',
      ),
    );
    expect([root.namespace, root.name, root.text]).toEqual(['urn:o', 'a', '<&']);
    expect([...root.attributes]).toEqual([['x', '1 & 2']]);
    expect(root.children.map(({ namespace, name, text }) => [namespace, name, text])).toEqual([
      ['urn:d', 'b', '一二<'],
      ['urn:o', 'c', ''],
    ]);
  });

  test('reads an attribute as one line', () => {
    expect(parseXml(Buffer.from('<a x="1\n\t2"/>')).attributes.get('x')).toBe('1  2');
  });

  test.for([
    '<!DOCTYPE a><a/>',
    '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    '<a><!ELEMENT a ANY></a>',
  ])('refuses the declaration in %s', (text) => {
    expect(read(text)).toBe('ESEAL_XML_DOCTYPE');
  });

  test.for([
    '<a>&x;</a>',
    '<a x="&x;"/>',
    '<a>&#0;</a>',
    '<a>&#xD800;</a>',
    '<a>&#x110000;</a>',
    '<a>&</a>',
  ])('refuses the entity in %s', (text) => {
    expect(read(text)).toBe('ESEAL_XML_ENTITY');
  });

  test.for([
    '',
    'a',
    '<a>',
    '<a></b>',
    '<a/><a/>',
    '<a/>x',
    '<a x=1/>',
    '<a x="1" x="2"/>',
    '<a x="1"y="2"/>',
    '<a x="<"/>',
    '<p:a/>',
    '<a>]]></a>',
    '<a><?p?></a>',
    '<?xml version="1.0" encoding="GBK"?><a/>',
    '<?xml version="2.0"?><a/>',
    '<a>\u0001</a>',
    '<a><!-- -- --></a>',
    '<a><!-- </a>',
    '<a',
    '<a x="1',
  ])('refuses %j', (text) => {
    expect(read(text)).toBe('ESEAL_XML_SYNTAX');
  });

  test('refuses bytes that are not UTF-8', () => {
    expect(refusal(() => parseXml(Buffer.from('<a>é</a>', 'latin1')))).toBe('ESEAL_XML_SYNTAX');
  });

  test('refuses more than is read: bytes, depth, nodes', () => {
    expect(refusal(() => parseXml(new Uint8Array(8_388_609)))).toBe('ESEAL_XML_LIMIT');
    expect(read('<a>'.repeat(40) + '</a>'.repeat(40))).toBe('ESEAL_XML_LIMIT');
    expect(read(`<a>${'<b/>'.repeat(200_001)}</a>`)).toBe('ESEAL_XML_LIMIT');
  });

  test('refuses with a code, whatever is written in place of a part', () => {
    const good = '<o:a xmlns:o="urn:o" x="1"><o:b>text &amp; more</o:b></o:a>';
    fc.assert(
      fc.property(fc.nat(good.length), fc.nat(6), fc.string({ maxLength: 4 }), (at, cut, put) => {
        const code = read(good.slice(0, at) + put + good.slice(at + cut));
        expect(code).toMatch(/^(accepted|ESEAL_XML_[A-Z]+)$/);
      }),
      { numRuns: 2000 },
    );
  });
});
