import base from '../../src/guard/revert/base.sh';
import firewall from '../../src/guard/revert/firewall.sh';
import firewalld from '../../src/guard/revert/firewalld.sh';
import { canMount } from '../support/can-mount.js';
import { describeShells, runScript } from '../support/shells.js';

/** A table that a running program owns, as firewalld does, and one that is anybody's. */
const BEFORE = `
dir=$(mktemp -d)
live=$dir/live work=$dir/work
mkdir "$live" "$work"
mkfifo "$dir/owner"
nft -i <"$dir/owner" >/dev/null &
exec 3>"$dir/owner"
echo 'add table inet firewalld { flags owner; }; add chain inet firewalld rules' >&3
until nft list chain inet firewalld rules >/dev/null 2>&1; do :; done
nft 'table inet mine { chain rules { tcp dport 22 accept; }; }'
save_firewall
`;
/** As a reload by its owner, and somebody's change. */
const CHANGE = `
echo 'add rule inet firewalld rules tcp dport 80 accept' >&3
until nft list table inet firewalld | grep -q 80; do :; done
nft 'flush chain inet mine rules; table inet cut { chain rules { drop; }; }'
`;
const REVERT = `
revert_firewall
cat "$dir/reverted" "$dir/failed" 2>/dev/null
nft list ruleset
exec 3>&-
wait
rm -rf "$dir"
`;
const MINE = 'table inet mine {\n\tchain rules {\n\t\ttcp dport 22 accept\n\t}\n}';
const OWNED = 'chain rules {\n\t\ttcp dport 80 accept\n\t}';

describeShells('the firewall is reverted', (shell) => {
  const run = (change: string, before = BEFORE): string => {
    const script = `${base}${firewall}${firewalld}${before}${change}${REVERT}`;
    const { stdout, stderr } = runScript(shell, script, { under: ['unshare', '-n'] });
    expect(stderr).toBe('');
    return stdout;
  };

  (canMount ? it : it.skip)('but for the table that a running program owns', () => {
    const said = run(CHANGE);
    expect(said).toMatch(/^firewall reverted: nftables\n/);
    expect(said).toContain(MINE);
    expect(said).toContain(OWNED);
    expect(said).not.toContain('cut');
  });

  (canMount ? it : it.skip)('where nft was installed since, with all that is not owned', () => {
    const hidden = BEFORE.replace(
      'save_firewall',
      'has() { false; }\nsave_firewall\nhas() { [ "$1" = nft ]; }',
    );
    const said = run(CHANGE, hidden);
    expect(said).toMatch(/^firewall reverted: nftables\ntable inet firewalld /);
    expect(said).toContain(OWNED);
    expect(said).not.toContain('mine');
  });

  (canMount ? it : it.skip)('and nothing is said if only its owner has changed that table', () => {
    const said = run(CHANGE.replace(/nft .*\n$/, ''));
    expect(said).toMatch(/^table inet /);
    expect(said).toContain(MINE);
    expect(said).toContain(OWNED);
  });
});
