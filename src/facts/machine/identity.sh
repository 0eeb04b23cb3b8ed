machine=
[ ! -r /etc/machine-id ] || read -r machine </etc/machine-id
echo "machine ${machine:-none}"
for file in /etc/ssh/ssh_host_*_key.pub; do
  [ -r "$file" ] && read -r type key _ <"$file" && echo "host $type $key"
done
boot=none started=''
[ ! -r /proc/sys/kernel/random/boot_id ] || read -r boot </proc/sys/kernel/random/boot_id
{ read -r init </proc/1/stat; } 2>/dev/null && set -- ${init##*) } && started=${20-}
echo "running $boot ${started:-none}"
