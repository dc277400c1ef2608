using SqliteBackup.Storage;

namespace SqliteBackup.Engine.Tests.Storage;

public sealed class StreamCopyTests
{
    // A buffer is a large object: each that is lost is a step to the next collection of everything.
    [Fact]
    public void Threads_that_end_lose_no_buffer()
    {
        long allocated = 0;
        const int Threads = 40;
        for (int i = 0; i < Threads; i++)
        {
            var thread = new Thread(() =>
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                StreamCopy.Run(Stream.Null, Stream.Null, _ => { });
                allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            });
            thread.Start();
            thread.Join();
        }

        Assert.InRange(allocated, 0, Threads / 2 * (1 << 18));
    }
}
