import { createPaint } from '../../../src/render/colour.js';
import { adoptedText, adoptionText, nothingText } from '../../../src/render/commands/adopt-text.js';

const plain = createPaint(false);
const adoption = { node: 'vps', interface: 'wg0', network: { name: 'home' }, carriesSsh: true };

describe('a comparison', () => {
  it('has a line for each thing, SSH and obstacles below', () => {
    const rows = [
      { what: 'port', there: '51821', wanted: '51820', verdict: 'differs' },
      { what: 'address', there: '10.8.0.1/24', wanted: '10.8.0.1/32', verdict: 'same' },
      {
        what: 'peer phone',
        there: '10.8.0.2/32',
        wanted: '',
        verdict: 'only there',
        becomes: 'becomes client phone',
      },
      {
        what: 'peer pc',
        there: '',
        wanted: '10.8.0.3/32',
        verdict: 'missing there',
        becomes: 'added by the first apply',
      },
    ];
    const obstacles = [{ message: 'a rule of its own', fix: 'remove it' }];
    expect(adoptionText({ adoption, rows, obstacles }, plain)).toBe(`wg0 on vps, for network home
  differs        port        51821 -> 51820
  same           address     10.8.0.1/24
  only there     peer phone  10.8.0.2/32: becomes client phone
  missing there  peer pc     10.8.0.3/32: added by the first apply
  This SSH session comes in through wg0: every change to it is made under the guard.
  in the way: a rule of its own
`);
  });

  it('says if there is nothing to take over', () => {
    const rest = [
      { node: 'a', network: 'home', standing: 'ours' },
      { node: 'b', network: 'home', standing: 'free' },
      { node: 'c', standing: 'no member' },
    ] as const;
    expect(nothingText(rest).split('\n')).toEqual([
      "a  network home is this inventory's already",
      'b  nothing of network home is there: the first apply makes it',
      'c  not a member of any network',
    ]);
  });

  it('ends with the next command', () => {
    const shown = adoptedText([{ ...adoption, seen: {} }], {
      file: 'i.yaml',
      isEdited: true,
      next: 'bridgehead plan -i i.yaml',
    });
    expect(shown).toContain(
      'Adopted: wg0 on vps. Nothing that runs was changed.\ni.yaml has what was only on the machines.\n',
    );
    expect(shown).toContain('Next: `bridgehead plan -i i.yaml`');
  });

  it('says that another program does not make an interface any more', () => {
    const takeover = { kind: 'networkd', files: ['/etc/systemd/network/wg0.netdev'] };
    const shown = adoptedText([{ ...adoption, seen: { takeover } }], {
      file: 'i.yaml',
      isEdited: false,
      next: 'bridgehead plan -i i.yaml',
    });
    expect(shown).toContain(
      'Adopted: wg0 on vps. No session was ended.\nwg0 on vps is made by wg-quick now, not by networkd; its files were moved aside.\n',
    );
  });
});
