import type { Found, Place } from '../found.js';
import type { Source } from '../source.js';

/** `[Interface]` or `[Peer]`, with the name from its comments. */
export interface Section {
  readonly kind: 'interface' | 'peer';
  readonly at: Place;
  name?: string | undefined;
  readonly values: Map<string, { text: string; at: Place }[]>;
}

const KEYS = {
  interface:
    'address listenport privatekey mtu dns table preup postup predown postdown saveconfig fwmark'.split(' '),
  peer: 'publickey presharedkey allowedips endpoint persistentkeepalive'.split(' '),
};

/** The sections of a configuration, their values unchecked, with a problem for each line that doesn't belong in one. */
export function sectionsOf({ file, text }: Source, found: Found): Section[] {
  const sections: Section[] = [];
  let comment: string | undefined;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const at = { file, line: index + 1, column: raw.length - raw.trimStart().length + 1 };
    const [line = '', ...said] = raw.split('#').map((part) => part.trim());
    const section = sections.at(-1);
    if (line === '') {
      const words = said.filter((part) => part !== '').join(' ');
      const isInside = section?.kind === 'peer' && section.values.size === 0;
      if (words !== '' && isInside && section.name === undefined) section.name = nameIn(words);
      else comment = words === '' ? undefined : (nameIn(words) ?? comment);
      continue;
    }
    const header = /^\[(.+)\]$/.exec(line)?.[1]?.toLowerCase();
    const [, key = '', value = ''] = /^(\w+)\s*=\s*(.*)$/.exec(line) ?? [];
    if (header === 'interface' || header === 'peer') {
      sections.push({ kind: header, at, name: comment, values: new Map() });
    } else if (header !== undefined) {
      found.problem(at, `unknown section [${header}]`, 'wg-quick knows [Interface] and [Peer]');
    } else if (!section || !KEYS[section.kind].includes(key.toLowerCase())) {
      // Never quotes the line: there may be a key in it.
      const what = key === '' ? 'is not a line of a configuration' : `wg-quick does not know ${key} here`;
      found.problem(at, what, key === '' ? 'write KEY = VALUE' : 'remove the line');
    } else {
      const values = section.values.get(key.toLowerCase()) ?? [];
      section.values.set(key.toLowerCase(), [...values, { text: value, at }]);
    }
    comment = undefined;
  }
  return sections;
}

/** `### Client phone`, `### begin phone ###`, `# Client: My phone (id)`, `# Name = phone`, `# wk-1 (LAN)` */
function nameIn(comment: string): string | undefined {
  const [, labelled, plain = labelled] =
    /^(?:(?:begin|client|peer|name|friendly_?name)\b\s*[:=]?\s*([^(]+)|([A-Za-z0-9][\w.-]*)\s*(?:\(|$))/i.exec(
      comment,
    ) ?? [];
  const name = plain?.trim();
  return name === undefined || /^end\b/i.test(name) ? undefined : name;
}
