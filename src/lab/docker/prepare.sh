# Prepares a container for a lab: what Docker mounts read-only becomes writable, and there are cgroups for
# systemd.
set -eu
awk '$4 !~ /^ro(,|$)/ { next }
  $2 == "/sys" { print $2, "rw" }
  $3 == "cgroup2" || $4 ~ /(,|^)name=systemd(,|$)/ { print $2, "rw,bind" }' /proc/self/mounts |
  while read -r point access; do mount -o "remount,$access" "$point"; done
if ! grep -q '^[^ ]* [^ ]* cgroup2 ' /proc/self/mounts; then
  mkdir -p /sys/fs/cgroup/unified
  mount -t cgroup2 none /sys/fs/cgroup/unified
fi
tr -d - </proc/sys/kernel/random/uuid >/etc/machine-id
ln -sf /opt/bridgehead/bin/bridgehead.js /usr/local/bin/bridgehead
