# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_secrets_global_optspecs
    string join \n e/env= p/path= vault= g/global slot= key-file= passphrase-fd= passphrase-file= reason= accept-older json q/quiet v/verbose y/yes no-input color= h/help V/version
end

function __fish_secrets_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_secrets_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_secrets_using_subcommand
    set -l cmd (__fish_secrets_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c secrets -n "__fish_secrets_needs_command" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_needs_command" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_needs_command" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_needs_command" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_needs_command" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_needs_command" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_needs_command" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_needs_command" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_needs_command" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_needs_command" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_needs_command" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_needs_command" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_needs_command" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_needs_command" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_needs_command" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_needs_command" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_needs_command" -s V -l version -d 'Print version'
complete -c secrets -n "__fish_secrets_needs_command" -f -a "init" -d 'Make the vault of this project'
complete -c secrets -n "__fish_secrets_needs_command" -f -a "set" -d 'Store a secret, or several'
complete -c secrets -n "__fish_secrets_needs_command" -f -a "add" -d 'Store a secret, or several'
complete -c secrets -n "__fish_secrets_needs_command" -f -a "get" -d 'Print the value of a secret'
complete -c secrets -n "__fish_secrets_needs_command" -f -a "list" -d 'List secrets, never their values'
complete -c secrets -n "__fish_secrets_needs_command" -f -a "ls" -d 'List secrets, never their values'
complete -c secrets -n "__fish_secrets_needs_command" -f -a "run" -d 'Run a command with secrets in its environment'
complete -c secrets -n "__fish_secrets_needs_command" -f -a "exec" -d 'Run a command with secrets in its environment'
complete -c secrets -n "__fish_secrets_needs_command" -f -a "status" -d 'Show which vault, environment and credential are used'
complete -c secrets -n "__fish_secrets_needs_command" -f -a "verify" -d 'Check the whole vault file: form, signatures, order'
complete -c secrets -n "__fish_secrets_needs_command" -f -a "trust" -d 'Accept the vault that is here now as the one to expect'
complete -c secrets -n "__fish_secrets_needs_command" -f -a "generate" -d 'Print a random value'
complete -c secrets -n "__fish_secrets_needs_command" -f -a "completions" -d 'Print completions for a shell'
complete -c secrets -n "__fish_secrets_needs_command" -f -a "completion" -d 'Print completions for a shell'
complete -c secrets -n "__fish_secrets_needs_command" -f -a "help" -d 'Explain a command, or the exit status'
complete -c secrets -n "__fish_secrets_needs_command" -f -a "audit" -d 'Show who read or changed what, and check that record'
complete -c secrets -n "__fish_secrets_needs_command" -f -a "log" -d 'Show who read or changed what, and check that record'
complete -c secrets -n "__fish_secrets_needs_command" -f -a "audit-logs" -d 'Show who read or changed what, and check that record'
complete -c secrets -n "__fish_secrets_needs_command" -f -a "env" -d 'List the environments, or make one'
complete -c secrets -n "__fish_secrets_using_subcommand init" -l environments -d 'Make these environments instead of development, staging and production' -r
complete -c secrets -n "__fish_secrets_using_subcommand init" -l label -d 'Name the slot that opens the vault' -r
complete -c secrets -n "__fish_secrets_using_subcommand init" -l iterations -d 'Derive the key from the passphrase with this many iterations' -r
complete -c secrets -n "__fish_secrets_using_subcommand init" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand init" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand init" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand init" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand init" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand init" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand init" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand init" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand init" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand init" -l if-missing -d 'Succeed if there is a vault already'
complete -c secrets -n "__fish_secrets_using_subcommand init" -s n -l dry-run -d 'Say what would be made, and make nothing'
complete -c secrets -n "__fish_secrets_using_subcommand init" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand init" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand init" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand init" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand init" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand init" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand init" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand set" -l from-file -d 'Read the value from this file, byte for byte' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand set" -l generate -d 'Make a random value; SPEC as in secrets help generate' -r
complete -c secrets -n "__fish_secrets_using_subcommand set" -l tags -d 'Replace the tags' -r
complete -c secrets -n "__fish_secrets_using_subcommand set" -l note -d 'Note what the secret is for' -r
complete -c secrets -n "__fish_secrets_using_subcommand set" -l owner -d 'Name who answers for the secret' -r
complete -c secrets -n "__fish_secrets_using_subcommand set" -l expires -d 'Let the value expire: 90d, 2027-01-31, never' -r
complete -c secrets -n "__fish_secrets_using_subcommand set" -l rotate-every -d 'Have the value replaced this often: 90d, never' -r
complete -c secrets -n "__fish_secrets_using_subcommand set" -l type -d 'Say what the value is' -r -f -a "text\t''
binary\t''
json\t''
cert\t''"
complete -c secrets -n "__fish_secrets_using_subcommand set" -l if-version -d 'Write only if this is the current version; 0 for none' -r
complete -c secrets -n "__fish_secrets_using_subcommand set" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand set" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand set" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand set" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand set" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand set" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand set" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand set" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand set" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand set" -l allow-empty -d 'Accept an empty value'
complete -c secrets -n "__fish_secrets_using_subcommand set" -l raw -d 'Keep the input byte for byte, trailing newline and emptiness too'
complete -c secrets -n "__fish_secrets_using_subcommand set" -s n -l dry-run -d 'Say what would be written, and write nothing'
complete -c secrets -n "__fish_secrets_using_subcommand set" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand set" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand set" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand set" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand set" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand set" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand set" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand set" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand add" -l from-file -d 'Read the value from this file, byte for byte' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand add" -l generate -d 'Make a random value; SPEC as in secrets help generate' -r
complete -c secrets -n "__fish_secrets_using_subcommand add" -l tags -d 'Replace the tags' -r
complete -c secrets -n "__fish_secrets_using_subcommand add" -l note -d 'Note what the secret is for' -r
complete -c secrets -n "__fish_secrets_using_subcommand add" -l owner -d 'Name who answers for the secret' -r
complete -c secrets -n "__fish_secrets_using_subcommand add" -l expires -d 'Let the value expire: 90d, 2027-01-31, never' -r
complete -c secrets -n "__fish_secrets_using_subcommand add" -l rotate-every -d 'Have the value replaced this often: 90d, never' -r
complete -c secrets -n "__fish_secrets_using_subcommand add" -l type -d 'Say what the value is' -r -f -a "text\t''
binary\t''
json\t''
cert\t''"
complete -c secrets -n "__fish_secrets_using_subcommand add" -l if-version -d 'Write only if this is the current version; 0 for none' -r
complete -c secrets -n "__fish_secrets_using_subcommand add" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand add" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand add" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand add" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand add" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand add" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand add" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand add" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand add" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand add" -l allow-empty -d 'Accept an empty value'
complete -c secrets -n "__fish_secrets_using_subcommand add" -l raw -d 'Keep the input byte for byte, trailing newline and emptiness too'
complete -c secrets -n "__fish_secrets_using_subcommand add" -s n -l dry-run -d 'Say what would be written, and write nothing'
complete -c secrets -n "__fish_secrets_using_subcommand add" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand add" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand add" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand add" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand add" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand add" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand add" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand get" -l default -d 'Print this if there is no such secret' -r
complete -c secrets -n "__fish_secrets_using_subcommand get" -l field -d 'Print one field of a JSON value: a key, or a JSON pointer' -r
complete -c secrets -n "__fish_secrets_using_subcommand get" -s o -l output -d 'Write the value to this file, for its owner only' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand get" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand get" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand get" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand get" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand get" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand get" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand get" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand get" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand get" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand get" -l allow-expired -d 'Print a value that has expired'
complete -c secrets -n "__fish_secrets_using_subcommand get" -l force -d 'Write the file even where version control would take it'
complete -c secrets -n "__fish_secrets_using_subcommand get" -l raw -d 'Print control characters unescaped on a terminal too'
complete -c secrets -n "__fish_secrets_using_subcommand get" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand get" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand get" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand get" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand get" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand get" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand get" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand list" -l tags -d 'List only secrets with all of these tags' -r
complete -c secrets -n "__fish_secrets_using_subcommand list" -l expiring -d 'List only secrets that expire within this time' -r
complete -c secrets -n "__fish_secrets_using_subcommand list" -l stale -d 'List only secrets that were not changed for this long' -r
complete -c secrets -n "__fish_secrets_using_subcommand list" -l pattern -d 'Another way to give the glob' -r
complete -c secrets -n "__fish_secrets_using_subcommand list" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand list" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand list" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand list" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand list" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand list" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand list" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand list" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand list" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand list" -l all-envs -d 'List the secrets of every environment'
complete -c secrets -n "__fish_secrets_using_subcommand list" -l names -d 'Print addresses only, one a line'
complete -c secrets -n "__fish_secrets_using_subcommand list" -l active -d 'List only secrets that are neither deleted nor expired'
complete -c secrets -n "__fish_secrets_using_subcommand list" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand list" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand list" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand list" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand list" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand list" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand list" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand ls" -l tags -d 'List only secrets with all of these tags' -r
complete -c secrets -n "__fish_secrets_using_subcommand ls" -l expiring -d 'List only secrets that expire within this time' -r
complete -c secrets -n "__fish_secrets_using_subcommand ls" -l stale -d 'List only secrets that were not changed for this long' -r
complete -c secrets -n "__fish_secrets_using_subcommand ls" -l pattern -d 'Another way to give the glob' -r
complete -c secrets -n "__fish_secrets_using_subcommand ls" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand ls" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand ls" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand ls" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand ls" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand ls" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand ls" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand ls" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand ls" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand ls" -l all-envs -d 'List the secrets of every environment'
complete -c secrets -n "__fish_secrets_using_subcommand ls" -l names -d 'Print addresses only, one a line'
complete -c secrets -n "__fish_secrets_using_subcommand ls" -l active -d 'List only secrets that are neither deleted nor expired'
complete -c secrets -n "__fish_secrets_using_subcommand ls" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand ls" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand ls" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand ls" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand ls" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand ls" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand ls" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand run" -l only -d 'Take only these secrets' -r
complete -c secrets -n "__fish_secrets_using_subcommand run" -l except -d 'Leave these secrets out' -r
complete -c secrets -n "__fish_secrets_using_subcommand run" -l map -d 'Add a secret as this variable' -r
complete -c secrets -n "__fish_secrets_using_subcommand run" -l prefix -d 'Begin the name of each variable with this' -r
complete -c secrets -n "__fish_secrets_using_subcommand run" -l shell -d 'Run this text with /bin/sh -c' -r
complete -c secrets -n "__fish_secrets_using_subcommand run" -l keep-env -d 'Let variables that are set already win; all, or these' -r
complete -c secrets -n "__fish_secrets_using_subcommand run" -l pass -d 'Pass this variable on with --clean-env' -r
complete -c secrets -n "__fish_secrets_using_subcommand run" -l allow-env -d 'Allow a variable that changes how programs load or run' -r
complete -c secrets -n "__fish_secrets_using_subcommand run" -l allow-expired -d 'Allow expired secrets; all, or these' -r
complete -c secrets -n "__fish_secrets_using_subcommand run" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand run" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand run" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand run" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand run" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand run" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand run" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand run" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand run" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand run" -s r -l recursive -d 'Take the folders below too'
complete -c secrets -n "__fish_secrets_using_subcommand run" -l clean-env -d 'Start from a small environment: HOME, PATH, TERM, LANG and the like'
complete -c secrets -n "__fish_secrets_using_subcommand run" -l allow-empty -d 'Run even if no secret is selected'
complete -c secrets -n "__fish_secrets_using_subcommand run" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand run" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand run" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand run" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand run" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand run" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand run" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand exec" -l only -d 'Take only these secrets' -r
complete -c secrets -n "__fish_secrets_using_subcommand exec" -l except -d 'Leave these secrets out' -r
complete -c secrets -n "__fish_secrets_using_subcommand exec" -l map -d 'Add a secret as this variable' -r
complete -c secrets -n "__fish_secrets_using_subcommand exec" -l prefix -d 'Begin the name of each variable with this' -r
complete -c secrets -n "__fish_secrets_using_subcommand exec" -l shell -d 'Run this text with /bin/sh -c' -r
complete -c secrets -n "__fish_secrets_using_subcommand exec" -l keep-env -d 'Let variables that are set already win; all, or these' -r
complete -c secrets -n "__fish_secrets_using_subcommand exec" -l pass -d 'Pass this variable on with --clean-env' -r
complete -c secrets -n "__fish_secrets_using_subcommand exec" -l allow-env -d 'Allow a variable that changes how programs load or run' -r
complete -c secrets -n "__fish_secrets_using_subcommand exec" -l allow-expired -d 'Allow expired secrets; all, or these' -r
complete -c secrets -n "__fish_secrets_using_subcommand exec" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand exec" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand exec" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand exec" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand exec" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand exec" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand exec" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand exec" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand exec" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand exec" -s r -l recursive -d 'Take the folders below too'
complete -c secrets -n "__fish_secrets_using_subcommand exec" -l clean-env -d 'Start from a small environment: HOME, PATH, TERM, LANG and the like'
complete -c secrets -n "__fish_secrets_using_subcommand exec" -l allow-empty -d 'Run even if no secret is selected'
complete -c secrets -n "__fish_secrets_using_subcommand exec" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand exec" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand exec" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand exec" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand exec" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand exec" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand exec" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand exec" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand status" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand status" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand status" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand status" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand status" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand status" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand status" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand status" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand status" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand status" -l short -d 'Print one line'
complete -c secrets -n "__fish_secrets_using_subcommand status" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand status" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand status" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand status" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand status" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand status" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand status" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand verify" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand verify" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand verify" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand verify" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand verify" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand verify" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand verify" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand verify" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand verify" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand verify" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand verify" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand verify" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand verify" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand verify" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand verify" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand verify" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand trust" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand trust" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand trust" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand trust" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand trust" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand trust" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand trust" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand trust" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand trust" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand trust" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand trust" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand trust" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand trust" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand trust" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand trust" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand trust" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand trust" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand generate" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand generate" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand generate" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand generate" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand generate" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand generate" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand generate" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand generate" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand generate" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand generate" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand generate" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand generate" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand generate" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand generate" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand generate" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand generate" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand generate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand completions" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand completions" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand completions" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand completions" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand completions" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand completions" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand completions" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand completions" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand completions" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand completions" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand completions" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand completions" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand completions" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand completions" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand completions" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand completions" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand completion" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand completion" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand completion" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand completion" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand completion" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand completion" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand completion" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand completion" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand completion" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand completion" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand completion" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand completion" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand completion" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand completion" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand completion" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand completion" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand completion" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand help" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand help" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand help" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand help" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand help" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand help" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand help" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand help" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand help" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand help" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand help" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand help" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand help" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand help" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand help" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand help" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand audit; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -f -a "list" -d 'Show who read or changed what, newest last'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -f -a "verify" -d 'Check that nobody changed or cut the log'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -f -a "export" -d 'Write the log as JSON lines, JSON or CSV'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -f -a "usage" -d 'Show how often each secret is read, by whom and from where'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -f -a "note" -d 'Record an event of an application'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -f -a "accept-loss" -d 'Go on after entries of the log were lost, and record that'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from list" -l since -d 'From this time on: 24h (ago), 2027-01-31, RFC 3339' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from list" -l until -d 'Before this time' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from list" -l action -d 'Only these actions: read, write, delete, rotate, access, unlock, note' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from list" -l verb -d 'Only this verb: get, run, set' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from list" -l actor -d 'Only what this slot, user or accessor did' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from list" -l limit -d 'Only the newest N' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from list" -l from -d 'Show the logs in this directory, collected from other machines' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from list" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from list" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from list" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from list" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from list" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from list" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from list" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from list" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from list" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from list" -l failed -d 'Only attempts that failed'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from list" -s f -l follow -d 'Go on with new entries as they come; Ctrl-C ends it'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from list" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from list" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from list" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from verify" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from verify" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from verify" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from verify" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from verify" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from verify" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from verify" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from verify" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from verify" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from verify" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from verify" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from verify" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from verify" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from verify" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from verify" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from verify" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from export" -l since -d 'From this time on: 24h (ago), 2027-01-31, RFC 3339' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from export" -l until -d 'Before this time' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from export" -l action -d 'Only these actions: read, write, delete, rotate, access, unlock, note' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from export" -l verb -d 'Only this verb: get, run, set' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from export" -l actor -d 'Only what this slot, user or accessor did' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from export" -l limit -d 'Only the newest N' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from export" -l format -d 'Write this' -r -f -a "jsonl\t''
json\t''
csv\t''"
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from export" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from export" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from export" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from export" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from export" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from export" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from export" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from export" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from export" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from export" -l failed -d 'Only attempts that failed'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from export" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from export" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from export" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from export" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from export" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from export" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from export" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from usage" -l since -d 'From this time on: 24h (ago), 2027-01-31, RFC 3339' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from usage" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from usage" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from usage" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from usage" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from usage" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from usage" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from usage" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from usage" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from usage" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from usage" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from usage" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from usage" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from usage" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from usage" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from usage" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from usage" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from usage" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from note" -l type -d 'What kind of event it is: letters, digits and . _ -' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from note" -l data -d 'Something about it; repeatable' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from note" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from note" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from note" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from note" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from note" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from note" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from note" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from note" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from note" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from note" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from note" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from note" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from note" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from note" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from note" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from note" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from note" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from accept-loss" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from accept-loss" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from accept-loss" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from accept-loss" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from accept-loss" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from accept-loss" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from accept-loss" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from accept-loss" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from accept-loss" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from accept-loss" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from accept-loss" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from accept-loss" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from accept-loss" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from accept-loss" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from accept-loss" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from accept-loss" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand audit; and __fish_seen_subcommand_from accept-loss" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand log; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand log; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand log; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand log; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand log; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand log; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand log; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand log; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand log; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand log; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand log; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand log; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand log; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -f -a "list" -d 'Show who read or changed what, newest last'
complete -c secrets -n "__fish_secrets_using_subcommand log; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -f -a "verify" -d 'Check that nobody changed or cut the log'
complete -c secrets -n "__fish_secrets_using_subcommand log; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -f -a "export" -d 'Write the log as JSON lines, JSON or CSV'
complete -c secrets -n "__fish_secrets_using_subcommand log; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -f -a "usage" -d 'Show how often each secret is read, by whom and from where'
complete -c secrets -n "__fish_secrets_using_subcommand log; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -f -a "note" -d 'Record an event of an application'
complete -c secrets -n "__fish_secrets_using_subcommand log; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -f -a "accept-loss" -d 'Go on after entries of the log were lost, and record that'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from list" -l since -d 'From this time on: 24h (ago), 2027-01-31, RFC 3339' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from list" -l until -d 'Before this time' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from list" -l action -d 'Only these actions: read, write, delete, rotate, access, unlock, note' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from list" -l verb -d 'Only this verb: get, run, set' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from list" -l actor -d 'Only what this slot, user or accessor did' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from list" -l limit -d 'Only the newest N' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from list" -l from -d 'Show the logs in this directory, collected from other machines' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from list" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from list" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from list" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from list" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from list" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from list" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from list" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from list" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from list" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from list" -l failed -d 'Only attempts that failed'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from list" -s f -l follow -d 'Go on with new entries as they come; Ctrl-C ends it'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from list" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from list" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from list" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from verify" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from verify" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from verify" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from verify" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from verify" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from verify" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from verify" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from verify" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from verify" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from verify" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from verify" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from verify" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from verify" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from verify" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from verify" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from verify" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from export" -l since -d 'From this time on: 24h (ago), 2027-01-31, RFC 3339' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from export" -l until -d 'Before this time' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from export" -l action -d 'Only these actions: read, write, delete, rotate, access, unlock, note' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from export" -l verb -d 'Only this verb: get, run, set' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from export" -l actor -d 'Only what this slot, user or accessor did' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from export" -l limit -d 'Only the newest N' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from export" -l format -d 'Write this' -r -f -a "jsonl\t''
json\t''
csv\t''"
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from export" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from export" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from export" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from export" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from export" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from export" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from export" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from export" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from export" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from export" -l failed -d 'Only attempts that failed'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from export" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from export" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from export" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from export" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from export" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from export" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from export" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from usage" -l since -d 'From this time on: 24h (ago), 2027-01-31, RFC 3339' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from usage" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from usage" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from usage" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from usage" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from usage" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from usage" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from usage" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from usage" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from usage" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from usage" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from usage" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from usage" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from usage" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from usage" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from usage" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from usage" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from usage" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from note" -l type -d 'What kind of event it is: letters, digits and . _ -' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from note" -l data -d 'Something about it; repeatable' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from note" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from note" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from note" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from note" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from note" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from note" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from note" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from note" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from note" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from note" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from note" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from note" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from note" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from note" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from note" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from note" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from note" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from accept-loss" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from accept-loss" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from accept-loss" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from accept-loss" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from accept-loss" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from accept-loss" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from accept-loss" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from accept-loss" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from accept-loss" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from accept-loss" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from accept-loss" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from accept-loss" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from accept-loss" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from accept-loss" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from accept-loss" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from accept-loss" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand log; and __fish_seen_subcommand_from accept-loss" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -f -a "list" -d 'Show who read or changed what, newest last'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -f -a "verify" -d 'Check that nobody changed or cut the log'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -f -a "export" -d 'Write the log as JSON lines, JSON or CSV'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -f -a "usage" -d 'Show how often each secret is read, by whom and from where'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -f -a "note" -d 'Record an event of an application'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and not __fish_seen_subcommand_from list verify export usage note accept-loss" -f -a "accept-loss" -d 'Go on after entries of the log were lost, and record that'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from list" -l since -d 'From this time on: 24h (ago), 2027-01-31, RFC 3339' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from list" -l until -d 'Before this time' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from list" -l action -d 'Only these actions: read, write, delete, rotate, access, unlock, note' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from list" -l verb -d 'Only this verb: get, run, set' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from list" -l actor -d 'Only what this slot, user or accessor did' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from list" -l limit -d 'Only the newest N' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from list" -l from -d 'Show the logs in this directory, collected from other machines' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from list" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from list" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from list" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from list" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from list" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from list" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from list" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from list" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from list" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from list" -l failed -d 'Only attempts that failed'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from list" -s f -l follow -d 'Go on with new entries as they come; Ctrl-C ends it'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from list" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from list" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from list" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from verify" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from verify" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from verify" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from verify" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from verify" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from verify" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from verify" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from verify" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from verify" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from verify" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from verify" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from verify" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from verify" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from verify" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from verify" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from verify" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from export" -l since -d 'From this time on: 24h (ago), 2027-01-31, RFC 3339' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from export" -l until -d 'Before this time' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from export" -l action -d 'Only these actions: read, write, delete, rotate, access, unlock, note' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from export" -l verb -d 'Only this verb: get, run, set' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from export" -l actor -d 'Only what this slot, user or accessor did' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from export" -l limit -d 'Only the newest N' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from export" -l format -d 'Write this' -r -f -a "jsonl\t''
json\t''
csv\t''"
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from export" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from export" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from export" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from export" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from export" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from export" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from export" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from export" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from export" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from export" -l failed -d 'Only attempts that failed'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from export" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from export" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from export" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from export" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from export" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from export" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from export" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from usage" -l since -d 'From this time on: 24h (ago), 2027-01-31, RFC 3339' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from usage" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from usage" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from usage" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from usage" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from usage" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from usage" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from usage" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from usage" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from usage" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from usage" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from usage" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from usage" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from usage" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from usage" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from usage" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from usage" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from usage" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from note" -l type -d 'What kind of event it is: letters, digits and . _ -' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from note" -l data -d 'Something about it; repeatable' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from note" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from note" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from note" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from note" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from note" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from note" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from note" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from note" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from note" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from note" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from note" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from note" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from note" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from note" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from note" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from note" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from note" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from accept-loss" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from accept-loss" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from accept-loss" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from accept-loss" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from accept-loss" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from accept-loss" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from accept-loss" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from accept-loss" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from accept-loss" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from accept-loss" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from accept-loss" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from accept-loss" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from accept-loss" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from accept-loss" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from accept-loss" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from accept-loss" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand audit-logs; and __fish_seen_subcommand_from accept-loss" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand env; and not __fish_seen_subcommand_from list create" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand env; and not __fish_seen_subcommand_from list create" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand env; and not __fish_seen_subcommand_from list create" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand env; and not __fish_seen_subcommand_from list create" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand env; and not __fish_seen_subcommand_from list create" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand env; and not __fish_seen_subcommand_from list create" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand env; and not __fish_seen_subcommand_from list create" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand env; and not __fish_seen_subcommand_from list create" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand env; and not __fish_seen_subcommand_from list create" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand env; and not __fish_seen_subcommand_from list create" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand env; and not __fish_seen_subcommand_from list create" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand env; and not __fish_seen_subcommand_from list create" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand env; and not __fish_seen_subcommand_from list create" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand env; and not __fish_seen_subcommand_from list create" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand env; and not __fish_seen_subcommand_from list create" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand env; and not __fish_seen_subcommand_from list create" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand env; and not __fish_seen_subcommand_from list create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand env; and not __fish_seen_subcommand_from list create" -f -a "list" -d 'List the environments'
complete -c secrets -n "__fish_secrets_using_subcommand env; and not __fish_seen_subcommand_from list create" -f -a "create" -d 'Make an environment'
complete -c secrets -n "__fish_secrets_using_subcommand env; and __fish_seen_subcommand_from list" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand env; and __fish_seen_subcommand_from list" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand env; and __fish_seen_subcommand_from list" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand env; and __fish_seen_subcommand_from list" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand env; and __fish_seen_subcommand_from list" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand env; and __fish_seen_subcommand_from list" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand env; and __fish_seen_subcommand_from list" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand env; and __fish_seen_subcommand_from list" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand env; and __fish_seen_subcommand_from list" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand env; and __fish_seen_subcommand_from list" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand env; and __fish_seen_subcommand_from list" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand env; and __fish_seen_subcommand_from list" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand env; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand env; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand env; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand env; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand env; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand env; and __fish_seen_subcommand_from create" -s e -l env -d 'Use this environment' -r
complete -c secrets -n "__fish_secrets_using_subcommand env; and __fish_seen_subcommand_from create" -s p -l path -d 'Look in this folder instead of /' -r
complete -c secrets -n "__fish_secrets_using_subcommand env; and __fish_seen_subcommand_from create" -l vault -d 'Use this vault: its file, or a directory that holds one' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand env; and __fish_seen_subcommand_from create" -l slot -d 'Open the vault with the slot of this label' -r
complete -c secrets -n "__fish_secrets_using_subcommand env; and __fish_seen_subcommand_from create" -l key-file -d 'Open the vault with the key in this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand env; and __fish_seen_subcommand_from create" -l passphrase-fd -d 'Read the passphrase from this file descriptor' -r
complete -c secrets -n "__fish_secrets_using_subcommand env; and __fish_seen_subcommand_from create" -l passphrase-file -d 'Read the passphrase from this file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand env; and __fish_seen_subcommand_from create" -l reason -d 'Record why this is done' -r
complete -c secrets -n "__fish_secrets_using_subcommand env; and __fish_seen_subcommand_from create" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c secrets -n "__fish_secrets_using_subcommand env; and __fish_seen_subcommand_from create" -s n -l dry-run -d 'Say what would be made, and make nothing'
complete -c secrets -n "__fish_secrets_using_subcommand env; and __fish_seen_subcommand_from create" -s g -l global -d 'Use the vault of this user instead of the project\'s'
complete -c secrets -n "__fish_secrets_using_subcommand env; and __fish_seen_subcommand_from create" -l accept-older -d 'Use the vault even if it is older than what this machine has seen'
complete -c secrets -n "__fish_secrets_using_subcommand env; and __fish_seen_subcommand_from create" -l json -d 'Print JSON, and errors as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand env; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Print only warnings and errors on standard error'
complete -c secrets -n "__fish_secrets_using_subcommand env; and __fish_seen_subcommand_from create" -s v -l verbose -d 'Say more on standard error, never a value'
complete -c secrets -n "__fish_secrets_using_subcommand env; and __fish_seen_subcommand_from create" -s y -l yes -d 'Answer every question with yes'
complete -c secrets -n "__fish_secrets_using_subcommand env; and __fish_seen_subcommand_from create" -l no-input -d 'Never ask; fail where a question would be needed'
complete -c secrets -n "__fish_secrets_using_subcommand env; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
