# Enables, in the folder `$units` of a new base, what a machine starts, and masks what only costs it time.
mkdir -p "$units/sysinit.target.wants" "$units/multi-user.target.wants"
ln -sf ../bridgehead-lab-defaults.service "$units/sysinit.target.wants/bridgehead-lab-defaults.service"
ln -sf /lib/systemd/system/systemd-networkd.service "$units/multi-user.target.wants/systemd-networkd.service"
for unit in apt-daily.timer apt-daily-upgrade.timer systemd-networkd-wait-online.service; do
  ln -sf /dev/null "$units/$unit"
done
