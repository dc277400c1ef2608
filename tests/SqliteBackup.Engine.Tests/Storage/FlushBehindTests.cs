using Microsoft.Win32.SafeHandles;
using SqliteBackup.Storage;

namespace SqliteBackup.Engine.Tests.Storage;

public sealed class FlushBehindTests
{
    [Fact]
    public void A_flush_that_failed_behind_is_told_to_who_waits_for_it()
    {
        using var folder = new TempFolder();
        SafeFileHandle file = File.OpenHandle(folder["file"], FileMode.CreateNew, FileAccess.ReadWrite);
        file.Dispose();
        using var flush = new FlushBehind(file, "file");

        Assert.Throws<ObjectDisposedException>(flush.Wait);
    }

    [Fact]
    public void A_flush_of_a_small_file_that_failed_is_not_tried_again()
    {
        using var folder = new TempFolder();
        SafeFileHandle file = File.OpenHandle(folder["file"], FileMode.CreateNew, FileAccess.ReadWrite);
        using var flush = new FlushBehind(file, "file");
        RandomAccess.Write(file, new byte[100], 0);
        flush.FlushRest();
        file.Dispose();

        // The system tells of lost bytes once: what a second flush says proves nothing.
        Exception first = Assert.Throws<ObjectDisposedException>(flush.Wait);
        Assert.Same(first, Assert.Throws<ObjectDisposedException>(flush.Wait));
    }

    [Fact]
    public void A_file_that_goes_away_unpublished_does_not_go_before_its_flush_has_ended()
    {
        using var folder = new TempFolder();
        using (StagedFile staged = StagedFile.Create(folder["file"]))
        {
            staged.BeginFlush();
            staged.Write(0, new byte[40 << 20]);
            staged.FlushRest();
        }

        Assert.Empty(folder.Files());
    }

    [Fact]
    public void A_published_file_holds_what_was_written_while_it_was_flushed()
    {
        using var folder = new TempFolder();
        byte[] content = new byte[100 << 20];
        new Random(1).NextBytes(content);
        using (StagedFile staged = StagedFile.Create(folder["file"]))
        {
            staged.BeginFlush();
            for (int offset = 0; offset < content.Length; offset += 1 << 20)
            {
                staged.Write(offset, content.AsSpan(offset, 1 << 20));
            }

            staged.FlushRest();
            staged.Publish(overwrite: false, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        Assert.True(content.AsSpan().SequenceEqual(File.ReadAllBytes(folder["file"])));
        Assert.Equal("file", Assert.Single(folder.Files()));
    }
}
