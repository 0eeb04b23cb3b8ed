# The first process of a lab's container: collects what ends in it, until the container is removed.
trap 'exit 0' TERM
while :; do
  sleep 86400 &
  wait "$!"
done
