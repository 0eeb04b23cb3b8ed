import { rehearsalSummary, visitLines } from '../../../src/render/rehearsal/summary.js';
import { GO_RUN, STOP_RUN } from '../../support/events.js';
import { PLAIN } from '../helpers.js';

const RESULT = {
  name: 'home',
  upMs: 9300,
  code: 0,
  apply: { code: 0, ms: 41_000, events: GO_RUN },
  visits: [],
  state: '/s/rehearsals',
  kept: false,
  inventory: "it's home.yaml",
  again: ['apply', '--yes', '-i', "it's home.yaml"],
};

it('counts gates, and says how long it took and where the journal is', () => {
  expect(rehearsalSummary(RESULT, 120, PLAIN)).toBe(
    [
      '',
      'rehearsal  GO  4 of 4 gates GO',
      'lab        home, up in 9.3 s',
      'apply      41.0 s',
      'journal    /s/rehearsals/runs/20260101-120000-abc123',
      '',
    ].join('\n'),
  );
});

it('reports the exit code of an apply that did not end in GO', () => {
  expect(
    rehearsalSummary({ ...RESULT, code: 3, apply: { code: 3, ms: 1, events: STOP_RUN } }, 120, PLAIN),
  ).toContain('rehearsal  exit 3  3 of 4 gates GO');
});

it('says how to look around in a lab that was kept, in commands that can be pasted', () => {
  const text = rehearsalSummary({ ...RESULT, kept: true }, 120, PLAIN);
  expect(text).toContain(
    [
      'The lab is still up:',
      "  bridgehead lab run -i 'it'\\''s home.yaml' -- ssh NODE",
      "  bridgehead lab run -i 'it'\\''s home.yaml' -- bridgehead apply --yes -i 'it'\\''s home.yaml'",
      "  bridgehead lab down -i 'it'\\''s home.yaml'",
      '',
    ].join('\n'),
  );
});

describe('with clients', () => {
  const page = {
    client: 'phone',
    network: 'home',
    url: 'http://192.168.1.100:3000',
    of: 'lan-1',
    through: ['vps', 'node-a'],
    from: '192.168.1.10',
    go: true,
    seen: 'this is lan-1 in home; you came from 192.168.1.10',
  };
  const closed = {
    client: 'phone',
    network: 'home',
    url: 'http://192.168.1.101:3000',
    of: 'lan-2',
    through: ['vps', 'node-a'],
    go: true,
    seen: 'curl: (28) timed out',
  };
  const beside = {
    ...page,
    url: 'http://198.18.0.80',
    of: 'the internet',
    through: [],
    go: false,
    seen: '\x1b[2Jno',
  };

  it('shows what each fetched as evidence, whatever a page says', () => {
    const text = rehearsalSummary({ ...RESULT, code: 3, visits: [page, closed, beside] }, 120, PLAIN);
    expect(text).toContain(
      [
        '',
        'What the clients fetched:',
        '  GO    phone  http://192.168.1.100:3000  through vps, node-a  this is lan-1 in home; you came from 192.168.1.10',
        '  GO    phone  http://192.168.1.101:3000  through vps, node-a  not reachable: curl: (28) timed out',
        '  STOP  phone  http://198.18.0.80         outside the tunnel   ',
      ].join('\n'),
    );
    expect(text).not.toContain('\x1b');
  });

  it('puts what was seen on a second line if the terminal is too narrow', () => {
    expect(rehearsalSummary({ ...RESULT, visits: [page, closed] }, 80, PLAIN)).toContain(
      [
        '  GO  phone  http://192.168.1.100:3000  through vps, node-a',
        '        this is lan-1 in home; you came from 192.168.1.10',
        '  GO  phone  http://192.168.1.101:3000  through vps, node-a',
        '        not reachable: curl: (28) timed out',
      ].join('\n'),
    );
  });

  it('shows what is there after a reboot, without an apply', () => {
    const check = { code: 0, ms: 1, events: GO_RUN };
    const text = rehearsalSummary(
      { ...RESULT, visits: [page], reboot: { nodes: ['vps', 'node-a'], check, visits: [page] } },
      120,
      PLAIN,
    );
    expect(text).toContain(
      'After a reboot of vps, node-a, without an apply:\n  GO  check: 4 of 4 gates GO\n  GO  phone  http://192.168.1.100:3000',
    );
  });

  it('prints them as JSON, one per line', () => {
    const check = { code: 0, ms: 1, events: [] };
    const lines = visitLines({ visits: [page], reboot: { nodes: ['vps'], check, visits: [closed] } });
    expect(
      lines
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { type: 'client-visited', after: 'apply', ...page },
      { type: 'client-visited', after: 'reboot', ...closed },
    ]);
    expect(visitLines({ visits: [] })).toBe('');
  });
});
