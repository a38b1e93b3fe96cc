# Completions of secrets for fish: the program itself knows the words.
function __secrets_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    for reply in (command secrets completions fish "--words=$typed" -- $words </dev/null 2>/dev/null)
        switch $reply
            case \tfiles
                set -l before (string match -r '^--[^=]*=' -- "$typed")
                set -l rest (string replace -r '^--[^=]*=' '' -- "$typed")
                for file in (__fish_complete_path "$rest")
                    echo -- "$before$file"
                end
            case \tcommands
                __fish_complete_command
            case '*'
                echo -- "$reply"
        end
    end
end
complete -c secrets -f -a '(__secrets_complete)'
