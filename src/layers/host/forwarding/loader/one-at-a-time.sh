# Waits until none of our other scripts runs: at boot, units that may have removed the rules, our own units
# and Docker's start at the same time, and each would add what the others are about to add.
one_at_a_time() {
  mkdir -p /run/bridgehead
  exec 9>>/run/bridgehead/loading
  ! command -v flock >/dev/null 2>&1 || flock -w 20 9
}
