# `write KEY PATH VALUE` sets a kernel setting; sets `failed` to 1 if it can't.
failed=0
write() {
  if [ ! -e "$2" ]; then echo "this kernel has no $1" >&2; failed=1; return; fi
  printf '%s\n' "$3" >"$2" || { echo "the kernel refuses $1 = $3" >&2; failed=1; }
}
