import passes from '../../../src/layers/firewall/loader/passes.sh';
import { PASS } from '../../../src/layers/firewall/table/passes.js';
import { MARK } from '../../../src/layers/firewall/table/paths.js';
import { describeShells, runScript } from '../../support/shells.js';

const rule = (from: string): string =>
  `${from}-p tcp -m tcp --dport 22 -m comment --comment ${MARK} -j ACCEPT`;
const WIDE = rule('');
const NARROW = rule('-s 203.0.113.0/24 ');

/** A chain in a file, as iptables keeps it; each state is printed. */
const IPTABLES = `work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rules=$work/rules
mark=${MARK}
pass='${PASS}'
chain=$work/chain
printf '%s\\n' '${WIDE}' '-j REJECT' >"$chain"
iptables() {
  shift
  way=$1
  shift 2
  case $way in
    -S) sed 's/^/-A INPUT /' "$chain"; return ;;
    -C) grep -Fqxe "$*" "$chain"; return ;;
    -I) { echo "$*"; cat "$chain"; } >"$chain.new" ;;
    -D) grep -Fvxe "$*" "$chain" >"$chain.new" ;;
  esac
  mv "$chain.new" "$chain"
  grep -c ACCEPT "$chain"
}
`;

describeShells('the rules at the top of INPUT', (shell) => {
  it('let in what a narrower one does before the wider one goes', () => {
    const script = `${IPTABLES}${passes}
echo '${PASS}iptables ${NARROW}' >"$rules"
set_passes iptables
cat "$chain"`;
    expect(runScript(shell, script)).toMatchObject({
      code: 0,
      stderr: '',
      stdout: `2\n1\n${NARROW}\n-j REJECT\n`,
    });
  });

  it('are gone without a file', () => {
    const script = `${IPTABLES}${passes}
set_passes iptables
cat "$chain"`;
    expect(runScript(shell, script)).toMatchObject({ code: 0, stderr: '', stdout: '0\n-j REJECT\n' });
  });
});
