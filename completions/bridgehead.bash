# bash completion of bridgehead. Source it, or save it as ~/.local/share/bash-completion/completions/bridgehead
_bridgehead() {
  local line=${COMP_LINE:0:COMP_POINT} current breaks before found
  local -a words
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  current=${words[${#words[@]} - 1]}
  # Readline replaces only what follows the last of its own word breaks, such as = and :
  breaks=${COMP_WORDBREAKS//[^=:]/}
  before=${current%"${current##*["$breaks"]}"}
  [[ -n $breaks ]] || before=
  COMPREPLY=()
  while IFS= read -r found; do
    case $found in
      :files) compopt -o filenames 2>/dev/null; _bridgehead_paths -f "${current#"$before"}" ;;
      :folders) compopt -o filenames 2>/dev/null; _bridgehead_paths -d "${current#"$before"}" ;;
      *) found=${found%%$'\t'*}; COMPREPLY+=("${found#"$before"}") ;;
    esac
  done < <("${words[0]/#\~\//$HOME/}" __complete "${words[@]:1}" 2>/dev/null)
}

_bridgehead_paths() {
  local path
  while IFS= read -r path; do COMPREPLY+=("$path"); done < <(compgen "$1" -- "$2")
}

complete -F _bridgehead bridgehead
