# What UFW keeps of its rules and policies; nothing where it isn't installed.
if [ -f /etc/ufw/ufw.conf ]; then
  grep -h '^ENABLED=' /etc/ufw/ufw.conf | sed 's/^/ufw-setting /'
  grep -hs '^IPV6=\|^DEFAULT_INPUT_POLICY=' /etc/default/ufw | sed 's/^/ufw-setting /'
  sed -n 's/^### tuple ### /ufw-rule 4 /p' /etc/ufw/user.rules 2>/dev/null
  sed -n 's/^### tuple ### /ufw-rule 6 /p' /etc/ufw/user6.rules 2>/dev/null
  for family in 4: 6:6; do
    tool=ip${family#*:}tables
    ! "$tool" -w -S ufw"${family#*:}"-user-input >/dev/null 2>&1 || echo "ufw-loaded ${family%:*}"
  done
fi
