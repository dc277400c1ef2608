@{
    Severity     = @('Error', 'Warning', 'Information')
    ExcludeRules = @(
        # PowerShell 7.4 and newer read UTF-8 without a byte order mark.
        'PSUseBOMForUnicodeEncodedFile'
        # For functions that users call. None ships: the module's commands are compiled, and what stands here are tests and their helpers.
        'PSUseShouldProcessForStateChangingFunctions'
    )
    Rules        = @{
        PSPlaceOpenBrace                 = @{ Enable = $true; OnSameLine = $true; NewLineAfter = $true; IgnoreOneLineBlock = $true }
        PSPlaceCloseBrace                = @{ Enable = $true; NewLineAfter = $true; IgnoreOneLineBlock = $true }
        PSUseConsistentIndentation       = @{ Enable = $true; IndentationSize = 4; Kind = 'space'; PipelineIndentation = 'IncreaseIndentationForFirstPipeline' }
        PSUseCorrectCasing               = @{ Enable = $true }
        PSUseCompatibleSyntax            = @{ Enable = $true; TargetVersions = @('7.4') }
        # A thin wrapper that hands its arguments to dotnet as they are.
        PSAvoidUsingPositionalParameters = @{ Enable = $true; CommandAllowList = @('Invoke-DotNet') }
    }
}
