# An authority's directory, which is the file $DIRECTORY, and no more orders: over its limit, or elsewhere.
# What it refuses is noted in the file $REFUSED, a path a line.
case $method in
POST)
  echo "$path" >>"$REFUSED"
  problem='{"type":"urn:ietf:params:acme:error:rateLimited","status":429,'
  problem=$problem'"detail":"too many certificates already issued, retry after '
  problem=$problem$(date -u -d '+1 hour' '+%Y-%m-%d %H:%M:%S UTC')'"}'
  answer '429 Too Many Requests' application/problem+json "$problem"
  ;;
HEAD) answer '200 OK' text/plain '' ;;
*) answer '200 OK' application/json "$(cat "$DIRECTORY")" ;;
esac
