import { parse } from 'yaml';
import { InputError } from '../../../src/core/errors.js';
import { addItem, removeEntry, setEntry } from '../../../src/document/edit/edit.js';

const TABLET = { address: '10.8.0.4', publicKey: 'k=' };
const AT = ['net', 'clients', 'tablet'];

/** Lines of `after` that are not in `before`, with `+`; and the other way round, with `-`. */
function difference(before: string, after: string): string[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  return [
    ...old.filter((line) => !now.includes(line)).map((line) => `-${line}`),
    ...now.filter((line) => !old.includes(line)).map((line) => `+${line}`),
  ];
}

const BLOCK = `# top
net:
    clients:   # the family's
        # Anna's
        phone:
            address:   10.8.0.2 # fixed
            tunnel: 'split'

        # below the phone
    port: 51820

lab: { laptop:   home }
`;

describe('setting an entry', () => {
  it('adds new lines and leaves every other byte', () => {
    const after = setEntry('i.yaml', BLOCK, AT, TABLET);
    expect(difference(BLOCK, after)).toEqual([
      '+        tablet:',
      '+          address: 10.8.0.4',
      '+          publicKey: k=',
    ]);
    expect(after.replace(/ {8}tablet:\n.*\n.*\n/, '')).toBe(BLOCK);
  });

  it('adds to an entry, and replaces a value in place', () => {
    const added = setEntry('i.yaml', BLOCK, ['net', 'clients', 'phone', 'publicKey'], 'a=');
    expect(difference(BLOCK, added)).toEqual(['+            publicKey: a=']);
    const replaced = setEntry('i.yaml', added, ['net', 'clients', 'phone', 'publicKey'], 'b=');
    expect(difference(added, replaced)).toEqual(['-            publicKey: a=', '+            publicKey: b=']);
  });

  it.each([
    ['no mapping yet', 'net:\n  port: 1 # p\nlab: 2\n', 'net:\n  port: 1 # p\n  clients:\n    tablet:\n'],
    ['nothing in it', 'net:\n  clients: # none\n  port: 1\n', 'net:\n  clients: # none\n    tablet:\n'],
    ['empty braces', 'net:\n  clients: {} # none\n  port: 1\n', 'net:\n  clients: # none\n    tablet:\n'],
    [
      'no line break at the end',
      'net:\n  clients:\n    a:\n      address: b',
      '      address: b\n    tablet:\n',
    ],
  ])('makes the mapping if there is %s', (_what, before, part) => {
    const after = setEntry('i.yaml', before, AT, TABLET);
    expect(after).toContain(part);
    expect(parse(after).net.clients.tablet).toEqual(TABLET);
    for (const line of before.split('\n').filter((one) => !one.includes('{}'))) expect(after).toContain(line);
  });

  it.each([
    ['an entry in braces', 'net:\n  clients:\n    tablet: { address: 10.8.0.4 } # t\n    b: {}\n'],
    ['everything in braces', 'net: { clients: { tablet: { address: 10.8.0.4 } } } # t\n'],
  ])('adds to %s', (_what, before) => {
    const after = setEntry('i.yaml', before, [...AT, 'publicKey'], 'k=');
    expect(after).toBe(before.replace('10.8.0.4 }', '10.8.0.4, publicKey: k= }'));
  });

  it('is in braces beside others in braces, where that is short', () => {
    const before = 'net:\n  clients:\n    # Anna\n    phone:  { address: 10.8.0.2 } # p\n  port: 1\n';
    const line = '    tablet: { address: 10.8.0.4, publicKey: k= }';
    expect(difference(before, setEntry('i.yaml', before, AT, TABLET))).toEqual([`+${line}`]);
    const long = { ...TABLET, publicKey: 'k'.repeat(90) };
    expect(difference(before, setEntry('i.yaml', before, AT, long))).toHaveLength(3);
  });

  it('writes the document again if no splice would do, comments and order kept', () => {
    const before = '# top\nnet: # n\n  {\n    port: 1, # p\n  }\nlab: 2\n';
    const after = setEntry('i.yaml', before, AT, TABLET);
    expect(parse(after)).toEqual({ net: { port: 1, clients: { tablet: TABLET } }, lab: 2 });
    for (const comment of ['# top', '# n', '# p']) expect(after).toContain(comment);
  });

  it('keeps the line breaks of the file', () => {
    const after = setEntry('i.yaml', BLOCK.replaceAll('\n', '\r\n'), AT, TABLET);
    expect(after).toContain('        tablet:\r\n          address: 10.8.0.4\r\n');
    expect(after.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  it('refuses to edit what is behind an alias', () => {
    const text = 'a: &c { phone: {} }\nnet: { clients: *c }\n';
    expect(() => setEntry('i.yaml', text, AT, TABLET)).toThrow(InputError);
    expect(() => removeEntry('i.yaml', text, AT)).toThrow('i.yaml  net.clients: is a YAML alias');
  });
});

describe('adding an item to a list', () => {
  const ITEM = { port: 3, node: 'c' };
  it.each([
    ['in braces', '    - { port: 1, node: a } # first\n    # second\n    -   { port: 2, node: b }\n'],
    ['in lines', '    - port: 1\n      node: a\n    - port: 2\n      # b\n      node: b # two\n'],
    ['less indented', '  - { port: 1, node: a }\n  - { port: 2, node: b }\n'],
  ])('of mappings %s adds one line', (_what, items) => {
    const before = `# top\nhome:\n  forwards: # udp\n${items}  # end\nlab: 2\n`;
    const after = addItem('i.yaml', before, ['home', 'forwards'], ITEM);
    const indent = /^ */.exec(items)?.[0];
    expect(difference(before, after)).toEqual([`+${indent}- { port: 3, node: c }`]);
    expect(parse(after).home.forwards[2]).toEqual(ITEM);
  });

  it('adds to one in brackets, and makes one where there is none', () => {
    const path = ['home', 'forwards'];
    const inBrackets = addItem('i.yaml', 'home: { forwards: [ { port: 1 } ] } # h\n', path, ITEM);
    expect(parse(inBrackets).home.forwards).toEqual([{ port: 1 }, ITEM]);
    expect(inBrackets).toContain('# h');
    expect(addItem('i.yaml', 'home:\n  subnet: x # s\nlab: 2\n', path, ITEM)).toBe(
      'home:\n  subnet: x # s\n  forwards:\n    - { port: 3, node: c }\nlab: 2\n',
    );
  });
});

describe('removing an entry', () => {
  it('is the way back from setting one', () => {
    expect(removeEntry('i.yaml', setEntry('i.yaml', BLOCK, AT, TABLET), AT)).toBe(BLOCK);
  });

  it('leaves braces when the last one is removed, and every comment', () => {
    const after = removeEntry('i.yaml', BLOCK, ['net', 'clients', 'phone']);
    expect(difference(BLOCK, after)).toEqual([
      "-    clients:   # the family's",
      '-        phone:',
      '-            address:   10.8.0.2 # fixed',
      "-            tunnel: 'split'",
      "+    clients: {}   # the family's",
    ]);
    expect(parse(after).net).toEqual({ clients: {}, port: 51820 });
  });

  it('takes one out of braces', () => {
    const after = removeEntry('i.yaml', '# t\nnet: { hubOf: { a: x, b: y } } # n\n', ['net', 'hubOf', 'a']);
    expect(after).toBe('# t\nnet: { hubOf: { b: y } } # n\n');
  });

  it('returns the text unchanged if there is nothing to remove', () => {
    expect(removeEntry('i.yaml', BLOCK, AT)).toBe(BLOCK);
  });
});
