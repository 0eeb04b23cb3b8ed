# An authority's directory, which is the file $DIRECTORY, and no more orders: over its limit, or elsewhere.
case $method in
POST)
  problem='{"type":"urn:ietf:params:acme:error:rateLimited","status":429,'
  problem=$problem'"detail":"too many certificates already issued"}'
  answer '429 Too Many Requests' application/problem+json "$problem"
  ;;
HEAD) answer '200 OK' text/plain '' ;;
*) answer '200 OK' application/json "$(cat "$DIRECTORY")" ;;
esac
