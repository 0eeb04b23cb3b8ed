/** Characters that XML 1.0 has no way to write. */
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/gu;

const REFERENCES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

const escaped = (text: string, characters: RegExp): string =>
  text.replace(FORBIDDEN, '\ufffd').replace(characters, (one) => REFERENCES[one] ?? one);

/** An element of XML as text. */
export interface Element {
  readonly xml: string;
}

/** An element with these attributes, the undefined ones left out, and these elements, or this text, in it. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  content: readonly Element[] | string = [],
): Element {
  const head = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escaped(String(value), /[&<>"\t\n\r]/g)}"`)
    .join('');
  const inner = typeof content === 'string' ? escaped(content, /[&<>\r]/g) : nested(content);
  return { xml: inner === '' ? `<${name}${head}/>` : `<${name}${head}>${inner}</${name}>` };
}

const nested = (elements: readonly Element[]): string =>
  elements.length === 0 ? '' : `\n${elements.map(({ xml }) => `${xml}\n`).join('')}`;

/** A document with this root. */
export const documentOf = ({ xml }: Element): string => `<?xml version="1.0" encoding="UTF-8"?>\n${xml}\n`;
