# Files are kept as copies, folders with all that is in them, below `files/`; what isn't there is listed
# in `absent`, and the folders above it that aren't there either in `parents`. A revert copies each
# next to its place and renames it into it. Names reach the script as arguments, so that a folder may
# contain any name. An undo long after the confirmation leaves what was written since then, unless it
# is a file that the phase names. What the phase was writing when it was cut off is cleared away.
# Accounts that came since stay, for packages make them; all others become what they were.

login_files() {
  {
    echo /root
    awk -F: '$6 ~ "^/." && $7 !~ "/(nologin|false)$" { print $6 }' /etc/passwd 2>/dev/null
  } | sort -u | while IFS= read -r home; do
    [ ! -d "$home/.ssh" ] || printf '%s\n' "$home/.ssh/authorized_keys" "$home/.ssh/authorized_keys2"
  done
}

included_files() {
  for file in /etc/ssh/sshd_config /etc/ssh/sshd_config.d/*; do
    [ ! -f "$file" ] ||
      sed -n 's/^[[:space:]]*[Ii][Nn][Cc][Ll][Uu][Dd][Ee][[:space:]=][[:space:]=]*//p' "$file"
  done | tr -d '"' | tr '[:blank:]' '\n' | while IFS= read -r pattern; do
    case $pattern in
      /etc/ssh/* | [!/]* | '') ;;
      *) for file in $pattern; do [ ! -f "$file" ] || echo "$file"; done ;;
    esac
  done
}

network_files() {
  printf '%s\n' $reach_paths
  for unit in $reach_units; do
    # shellcheck disable=SC2231 # No unit's name has a blank.
    for link in /etc/systemd/system/*.wants/$unit /etc/systemd/system/*.requires/$unit; do
      [ ! -L "$link" ] || echo "$link"
    done
  done
  for tunnel in $(enabled_tunnels); do echo "/etc/systemd/system/$tunnel.d"; done
  login_files
  included_files
}

all_files() {
  {
    listed files
    [ ! -s "$dir/network.list" ] || network_files
  } | sort -u
}

there() { [ -e "$1" ] || [ -L "$1" ]; }

is_within() {
  one=$1
  shift
  for root; do
    case $one in "$root"/*) return 0 ;; esac
  done
  return 1
}

save_files() {
  mkdir "$dir/files" || return
  all_files >"$dir/roots" || return
  : >"$dir/absent"
  set --
  while IFS= read -r path; do
    if ! there "$path"; then
      echo "$path" >>"$dir/absent" || return
    elif ! is_within "$path" "$@"; then
      set -- "$@" "$path"
    fi
  done <"$dir/roots"
  [ $# = 0 ] || cp -a --parents -- "$@" "$dir/files"
}

touched_later() {
  [ -n "$confirmed" ] && [ "$1" -nt "$confirmed" ] && ! listed files | grep -Fxq "$1" || return
  reverted "file left as it is, it was written after the change: $1"
}

traits() { stat -c '%f %u %g' "$1" 2>/dev/null; }

same() {
  [ "$(traits "$1")" = "$(traits "$2")" ] || return 1
  if [ -L "$1" ]; then
    [ "$(readlink "$1")" = "$(readlink "$2")" ]
  elif [ -f "$1" ]; then
    cmp -s "$1" "$2"
  fi
}

with_new_accounts() {
  from="$work/accounts"
  cp -a "$dir/files$1" "$from" || return
  [ ! -f "$1" ] ||
    awk -F: -v kept="$dir/files$1" '
      BEGIN {
        while ((getline line < kept) > 0) {
          split(line, part, ":")
          seen[part[1]] = 1
        }
      }
      !($1 in seen)' "$1" >>"$from"
}

revert_file() {
  from="$dir/files$1"
  case $1 in /etc/passwd | /etc/group | /etc/shadow | /etc/gshadow) with_new_accounts "$1" ;; esac
  same "$from" "$1" && return
  if [ -d "$from" ] && [ ! -L "$from" ]; then
    [ -d "$1" ] && [ ! -L "$1" ] || {
      rm -rf "$1"
      mkdir -p "$1"
    }
    chown "$(stat -c %u:%g "$from")" "$1"
    chmod "$(stat -c %a "$from")" "$1"
  else
    ! touched_later "$1" || return 0
    parent=${1%/*}
    [ -d "$parent/" ] || (
      umask 022
      mkdir -p "$parent"
    )
    rm -f "$parent/.bridgehead-revert"
    cp -a "$from" "$parent/.bridgehead-revert" && { [ -L "$1" ] || [ ! -d "$1" ] || rm -rf "$1"; }
    mv -fT "$parent/.bridgehead-revert" "$1" 2>/dev/null || {
      rm -f "$parent/.bridgehead-revert"
      cp -a "$from" "$1"
    }
  fi
  if same "$from" "$1"; then
    reverted "file reverted: $1"
    echo "$1" >>"$work/files"
  else
    failed "file not reverted: $1"
  fi
}

remove_file() {
  there "$1" || return 0
  if [ -n "$2" ] && [ ! -d "$1" ] && has dpkg-query && dpkg-query -S "$1" >/dev/null 2>&1; then return 0; fi
  if [ -n "$2" ] && [ ! -d "$1" ] && touched_later "$1"; then return 0; fi
  if [ -n "$2" ] && [ -d "$1" ] && [ ! -L "$1" ]; then
    find "$1" -depth -mindepth 1 -exec sh "$0" file remove_file {} +
    rmdir "$1" 2>/dev/null
    there "$1" && return 0
  else
    rm -rf "$1"
  fi
  if there "$1"; then
    failed "file not removed: $1"
  else
    reverted "file removed: $1"
    echo "$1" >>"$work/files"
  fi
}

remove_new() { there "$dir/files$1" || remove_file "$1" new; }

clear_unfinished() {
  listed files | sed 's,/[^/]*$,,' | sort -u | while IFS= read -r folder; do
    rm -f "$folder"/.bridgehead-[0-9]*-[0-9]*-??????
  done
}

revert_files() {
  clear_unfinished
  while IFS= read -r path; do
    if there "$dir/files$path"; then
      find "$dir/files$path" -exec sh "$0" file revert_kept {} +
      [ ! -d "$path" ] ||
        [ -L "$path" ] ||
        find "$path" -depth -mindepth 1 -exec sh "$0" file remove_new {} +
    fi
  done <"$dir/roots"
  while IFS= read -r path; do
    if listed files | grep -Fxq "$path"; then remove_file "$path" ''; else remove_file "$path" new; fi
  done <"$dir/absent"
  sed 's,/[^/]*$,,' "$dir/absent" | sort -ru | while IFS= read -r parent; do
    while [ -n "$parent" ] && grep -Fxq "$parent" "$dir/parents" 2>/dev/null; do
      rmdir "$parent" 2>/dev/null || break
      parent=${parent%/*}
    done
  done
  sync
}

save_modes() {
  [ -s "$dir/network.list" ] || return 0
  {
    printf '%s\n' / /etc /root /home
    login_files | sed 's,/authorized_keys2*$,,; p; s,/[.]ssh$,,'
  } | sort -u | while IFS= read -r folder; do
    [ ! -d "$folder" ] || echo "$folder"
  done | tr '\n' '\0' | xargs -0 stat -c '%a %u:%g %n' >"$dir/modes"
}

revert_modes() {
  [ -f "$dir/modes" ] || return 0
  while read -r mode owner folder; do
    [ -d "$folder" ] && [ "$(stat -c '%a %u:%g' "$folder")" != "$mode $owner" ] || continue
    chown "$owner" "$folder" &&
      chmod "$mode" "$folder" &&
      reverted "mode and owner reverted: $folder" ||
      failed "mode and owner not reverted: $folder"
  done <"$dir/modes"
}

save_parents() {
  : >"$dir/parents"
  while IFS= read -r path; do
    parent=${path%/*}
    while [ -n "$parent" ] && ! there "$parent"; do
      echo "$parent" >>"$dir/parents" || return
      parent=${parent%/*}
    done
  done <"$dir/absent"
}

each_file() {
  action=$1
  shift
  for one in "$@"; do
    case $action in
      revert_kept) revert_file "/${one#"$dir/files/"}" ;;
      remove_file) remove_file "$one" new ;;
      remove_new) remove_new "$one" ;;
    esac
  done
}
