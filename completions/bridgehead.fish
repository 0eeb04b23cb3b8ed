# fish completion of bridgehead. Save it as ~/.config/fish/completions/bridgehead.fish
function __bridgehead_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in ($words[1] __complete $words[2..] "$current" 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path (string replace -r '^--[^=]+=' '' -- "$current")
            case :folders
                __fish_complete_directories (string replace -r '^--[^=]+=' '' -- "$current")
            case '*'
                echo $line
        end
    end
end

complete -c bridgehead -f -a '(__bridgehead_complete)'
