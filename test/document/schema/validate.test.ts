import { formatProblem } from '../../../src/core/errors.js';
import { check, nearest, parseYaml, show, suggest, validate } from '../../../src/document/index.js';

const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['port'],
  properties: {
    port: { type: 'integer', minimum: 1 },
    colour: { enum: ['red', 'green'] },
    many: { type: 'array', minItems: 2, uniqueItems: true, items: { type: 'string', maxLength: 3 } },
    either: {
      anyOf: [
        { type: 'string', minLength: 1 },
        {
          type: 'object',
          additionalProperties: false,
          required: ['a'],
          properties: { a: { type: 'boolean' } },
        },
      ],
    },
    step: {
      oneOf: [
        { type: 'object', required: ['kind'], properties: { kind: { const: 'x' } } },
        { type: 'object', required: ['kind'], properties: { kind: { const: 'y' } } },
      ],
    },
  },
};

const found = (text: string) => validate(parseYaml('f.yaml', text), schema).map(formatProblem);

describe('validate', () => {
  it.each([
    ['port: 0', ['1:7  port: must be at least 1; got 0']],
    ['colour: red', ['1:1  port: is missing; add it']],
    ['port: 1.5', ['1:7  port: must be a whole number; got the number 1.5']],
    [
      '{ port: 1, colour: grean }',
      ['1:20  colour: must be one of red, green; got "grean"; did you mean "green"?'],
    ],
    ['{ port: 1, colour: mauve }', ['1:20  colour: must be one of red, green; got "mauve"']],
    ['{ port: 1, colour: { a: 1 } }', ['1:20  colour: must be one of red, green; got {"a":1}']],
    ['{ port: 1, many: [a] }', ['1:12  many: has fewer than 2 entries']],
    ['{ port: 1, many: [a, a] }', ['1:22  many[1]: duplicate entry; keep one of them']],
    ['{ port: 1, many: [a, long] }', ['1:22  many[1]: is longer than 3 characters']],
    ['{ port: 1, many: [a, 0x10] }', ['1:22  many[1]: must be text; got the number 16; quote it: "0x10"']],
    ['{ port: .inf }', ['1:9  port: must be a whole number; got the number Infinity']],
  ])('%s', (text, lines) => {
    expect(found(text)).toEqual(lines.map((line) => `f.yaml:${line}`));
  });

  it('of an anyOf reports only the branch that was meant', () => {
    expect(found('{ port: 1, either: { a: 1 } }')).toEqual([
      'f.yaml:1:25  either.a: must be true or false; got the number 1',
    ]);
    expect(found('{ port: 1, either: "" }')).toEqual([
      'f.yaml:1:20  either: is empty; write a value or remove the key',
    ]);
    expect(found('{ port: 1, either: [] }')).toEqual(['f.yaml:1:20  either: [] is not in any allowed form']);
    expect(found('{ port: 1, step: { kind: z } }')).toEqual([
      'f.yaml:1:18  step: {"kind":"z"} is not in any allowed form',
    ]);
  });

  it('validates a value inside the document', () => {
    const document = parseYaml('f.yaml', 'list:\n  - { port: 1 }\n  - { prt: 1 }\n');
    expect(validate(document, schema, ['list', 0])).toEqual([]);
    expect(validate(document, schema, ['list', 1]).map(formatProblem)).toEqual([
      'f.yaml:3:7  list[1].prt: unknown key; did you mean "port"? allowed: port, colour, many, either, step',
    ]);
  });

  it('hands back what is sound, and leaves the document as it was', () => {
    const document = parseYaml('f.yaml', 'port: 0\ncolour: red\nmany: [ok, 5]\n');
    expect(check(document, schema).sound).toEqual({ colour: 'red', many: ['ok', null] });
    expect(document.value).toEqual({ port: 0, colour: 'red', many: ['ok', 5] });
  });
});

describe('nearest', () => {
  it.each([
    ['hme', 'home'],
    ['hoem', 'home'],
    ['HOME', 'home'],
    ['cabn', 'cabin'],
    ['office', undefined],
    ['x', undefined],
    ['h'.repeat(100_000), undefined],
  ])('%.20s', (word, wanted) => {
    expect(nearest(word, ['cabin', 'home', 'a-much-longer-name'])).toBe(wanted);
  });

  it('suggests the nearest, else what there is', () => {
    expect(suggest('hme', ['home', 'cabin'])).toBe('did you mean "home"?');
    expect(suggest('proto', ['protocol', 'port'])).toBe('did you mean "protocol"?');
    expect(suggest('homestead', ['home', 'cabin'])).toBe('did you mean "home"?');
    expect(suggest('Cab', ['home', 'cabin'])).toBe('did you mean "cabin"?');
    expect(suggest('nod', ['nodes-a', 'nodes-b'])).toBe('one of: nodes-a, nodes-b');
    expect(suggest('ca', ['home', 'cabin'])).toBe('one of: home, cabin');
    expect(suggest('office', ['home', 'cabin'])).toBe('one of: home, cabin');
    expect(suggest('office', [], 'there are no sites')).toBe('there are no sites');
    expect(
      suggest(
        'office',
        Array.from({ length: 20 }, (_, i) => `n-${i}`),
      ),
    ).toMatch(/n-11, and 8 more$/);
  });
});

describe('show', () => {
  it('lets nothing through that a terminal obeys', () => {
    expect(show('a\u001b[31m\u009b\u202e\n')).toBe('"a\\u001b[31m\\u009b\\u202e\\n"');
    expect(show('x'.repeat(200))).toHaveLength(83);
  });
});
