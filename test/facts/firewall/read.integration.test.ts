import { courseOf } from '../../../src/facts/firewall/evaluate.js';
import { parseRules, READ_RULES, type Rules } from '../../../src/facts/firewall/read.js';
import { canMount } from '../../support/can-mount.js';
import { describeShells, runScript, type Shell } from '../../support/shells.js';

const BLOCKLIST = Array.from({ length: 18_000 }, (_, place) => `10.${place >> 8}.${place & 255}.1`);
const RULESET = `table ip filter {
set blocked { type ipv4_addr; elements = { ${BLOCKLIST.join(', ')} }; }
chain INPUT { type filter hook input priority 0; policy accept; tcp dport 22 accept; RULE
counter reject; }; }`;

/** An nft that knows no `-t`. */
const OLD = `nft() { case " $* " in *' -t '*) echo 'nft: invalid option' >&2; return 1 ;; esac; command nft "$@"; }\n`;

const read = (shell: Shell, rule: string, before = ''): Rules => {
  const load = `nft -f - <<'RULES'\n${RULESET.replace('RULE', rule)}\nRULES\n`;
  const script = `${load}${before}${READ_RULES}`;
  const { code, stdout } = runScript(shell, script, { under: ['unshare', '-n', '-m'] });
  expect(code).toBe(0);
  return parseRules(stdout.split('\n').map((line) => line.split(' ')));
};

const packet = (port: number) => ({ family: 4, protocol: 'tcp', port, notIn: ['lo'] }) as const;

(canMount ? describe : describe.skip)('a machine with a long list of addresses', () => {
  describeShells('its rules', (shell) => {
    it('are judged without what is in its sets', () => {
      const rules = read(shell, 'ip saddr @blocked drop;');
      expect(courseOf(rules ?? [], packet(443)).drop?.rule?.text).toMatch(/reject/);
      const ssh = courseOf(rules ?? [], packet(22));
      expect([ssh.drop, ssh.maybe]).toEqual([undefined, []]);
    });

    it('leave open whether a set has the sender', () => {
      const rules = read(shell, 'ip saddr @blocked accept;');
      const { drop, maybe } = courseOf(rules ?? [], packet(443));
      expect(drop).toBeUndefined();
      expect(maybe).toHaveLength(1);
    });

    it('are not known where nft shows what is in sets, and it is too much', () => {
      expect(read(shell, '', OLD)).toBeUndefined();
    });
  });
});

describe('the rules of a machine', () => {
  const line = 'nft tcp dport 22 accept';
  it.each(['nft', 'iptables', 'ip6tables'])('are not known if %s has too many', (word) => {
    const lines = Array.from({ length: 8000 }, () => line.replace('nft', word).split(' '));
    expect(parseRules(lines)).toBeUndefined();
    expect(parseRules(lines.slice(1))).toEqual([]);
  });
});
