# Completions of secrets for PowerShell: the program itself knows the words.
Register-ArgumentCompleter -Native -CommandName 'secrets' -ScriptBlock {
    param($typed, $command, $cursor)
    $program = Get-Command -Name 'secrets' -CommandType Application -ErrorAction Ignore | Select-Object -First 1
    if (-not $program) { return }
    $words = @($command.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursor } | ForEach-Object { $_.ToString() })
    & $program completions powershell "--words=$typed" '--' @words 2>$null | ForEach-Object {
        $word, $about = $_ -split "`t", 2
        if ($word) {
            if (-not $about) { $about = $word }
            [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $about)
        }
    }
}
