# Copies the files in `$stage` onto the disk in `$root`, sets up the login there, and removes them: once.
if [ -d "$stage" ]; then
  tar -C "$stage/tree" -cf - . | tar -C "$root" --no-overwrite-dir --no-same-owner -xpf -
  chroot "$root" sh -eu <"$stage/setup.sh"
  [ ! -e "$stage/passwords" ] || chroot "$root" chpasswd <"$stage/passwords"
  rm -rf "$stage"
fi
