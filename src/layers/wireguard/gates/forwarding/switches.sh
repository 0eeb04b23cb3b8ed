# `prefixed WORDS` prints the lines that it reads, the words before each. Prints `sysctl PATH VALUE` for the
# switches that the kernel has, and `no-nft` if nft is not installed.
prefixed() { while read -r line; do echo "$1 $line"; done; }
for path in net/ipv4/ip_forward net/ipv6/conf/all/forwarding; do
  [ -r /proc/sys/$path ] || continue
  read -r value </proc/sys/$path
  echo "sysctl $path $value"
done
command -v nft >/dev/null 2>&1 || echo no-nft
