# End to end under a real pwsh. Judged by Debian's age, in both directions.

BeforeDiscovery {
    . "$PSScriptRoot/common.ps1"
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    Import-Module $stagedModule
}

Describe 'New-SqliteBackupIdentity' -Skip:(Test-ProgramMissing age, age-keygen) {
    BeforeEach {
        $script:folder = Enter-TestFolder
    }

    AfterEach {
        Exit-TestFolder
    }

    It 'makes a key that age knows, and returns its recipient' {
        $identity = New-SqliteBackupIdentity key.txt

        $identity.Path | Should -Be "$folder/key.txt"
        $identity.Recipient | Should -Be (age-keygen -y key.txt)
        "$identity" | Should -Be $identity.Recipient
    }

    It 'opens with age what age encrypted for it' {
        $identity = New-SqliteBackupIdentity key.txt
        'a secret' | age --encrypt --recipient $identity.Recipient --output note.age

        age --decrypt --identity key.txt note.age | Should -Be 'a secret'
    }

    It 'makes a file that its owner alone can read' -Skip:$IsWindows {
        $null = New-SqliteBackupIdentity key.txt

        (Get-Item key.txt).UnixMode | Should -Be '-rw-------'
    }

    It 'overwrites no key' {
        $null = New-SqliteBackupIdentity key.txt
        $before = Get-FileHash key.txt

        New-SqliteBackupIdentity key.txt -ErrorVariable failed -ErrorAction SilentlyContinue | Should -BeNullOrEmpty

        $failed.FullyQualifiedErrorId | Should -BeLike 'DestinationExists,*'
        (Get-FileHash key.txt).Hash | Should -Be $before.Hash
    }

    It 'makes nothing under -WhatIf' {
        New-SqliteBackupIdentity key.txt -WhatIf | Should -BeNullOrEmpty

        'key.txt' | Should -Not -Exist
    }

    It 'never shows the secret key' {
        (New-SqliteBackupIdentity key.txt | Format-List * | Out-String) | Should -Not -Match 'AGE-SECRET-KEY'
    }
}
