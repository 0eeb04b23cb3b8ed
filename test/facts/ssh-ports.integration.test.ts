import { READ_SSH_PORTS } from '../../src/facts/ssh-ports.js';
import { HELD_PORTS } from '../../src/layers/firewall/gates/probing/sockets.js';
import { firewallQuestion } from '../../src/layers/firewall/probe/seen.js';
import { describeShells, runScript, type Shell } from '../support/shells.js';

/**
 * A daemon at 22, another that systemd listens for at 2222, and sessions that listen for `ssh -R` and X11: all called sshd.
 * The configuration has 2200 for the next start.
 */
const BEFORE = `titled() {
  exec perl -e '$0 = shift; print "ready\\n"; close STDOUT; sleep 60' "$1" 2>/dev/null
}
begin() {
  : >"$work/ready"
  titled "$1" >"$work/ready" &
  last=$!
  pids="$pids $last"
  until grep -q ready "$work/ready"; do sleep 0.1; done
}
work=$(mktemp -d)
pids=
trap 'kill $pids; rm -rf "$work"' EXIT
begin 'sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups'
daemon=$last
begin '/usr/sbin/sshd -D'
old=$last
begin 'sshd: root@notty'
root=$last
begin 'sshd: me@pts/0'
user=$last
ss() {
  cat <<END
tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:(("sshd",pid=$daemon,fd=3))
tcp LISTEN 0 128 [::]:22 [::]:* users:(("sshd",pid=$daemon,fd=4))
tcp LISTEN 0 4096 *:2222 *:* users:(("sshd",pid=$old,fd=3),("systemd",pid=1,fd=99))
tcp LISTEN 0 128 0.0.0.0:8080 0.0.0.0:* users:(("sshd",pid=$root,fd=7))
tcp LISTEN 0 128 127.0.0.1:6010 0.0.0.0:* users:(("sshd",pid=$user,fd=8))
tcp LISTEN 0 128 0.0.0.0:8081 0.0.0.0:* users:(("sshd-session",pid=$user,fd=9))
tcp LISTEN 0 128 0.0.0.0:80 0.0.0.0:* users:(("nginx",pid=1,fd=9))
END
}
systemctl() { return 1; }
sshd() { echo 'port 2200'; }`;
/** `-t` alone prints no column for the protocol. */
const OF_TCP = `${BEFORE}
all=$(ss)
ss() {
  case $2 in
    -lntp) echo "$all" | sed 's/^tcp //' ;;
    *) echo "$all" ;;
  esac
}`;
const WANTED = [22, 2200, 2222];

const run = (shell: Shell, script: Parameters<typeof runScript>[1]) => {
  const reply = runScript(shell, script, { before: OF_TCP });
  expect(reply.stderr).toBe('');
  return reply;
};

describeShells('where sshd takes logins', (shell) => {
  it('is where its daemon listens, not what sessions forward', () => {
    expect(run(shell, READ_SSH_PORTS).stdout).toBe(WANTED.map((port) => `ssh-port ${port}\n`).join(''));
  });

  it('is the same for the step and for the gate', () => {
    const step = firewallQuestion();
    expect(step.parse(run(shell, step.script)).sshPorts).toEqual(WANTED);
    const held = HELD_PORTS.parse(run(shell, HELD_PORTS.script));
    expect(held.ports.filter(({ isSshd }) => isSshd).map(({ port }) => port)).toEqual(WANTED);
  });
});
