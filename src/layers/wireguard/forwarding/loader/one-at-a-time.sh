# Waits until no other of our scripts is at work: units that may have wiped the rules, our own units and
# Docker's start side by side at boot, and each would add what the other is about to add.
one_at_a_time() {
  mkdir -p /run/bridgehead
  exec 9>>/run/bridgehead/loading
  ! command -v flock >/dev/null 2>&1 || flock -w 20 9
}
