using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace SqliteBackup.Engine.Native;

/// <summary>
/// The file system of the staging file: the platform's own one, but neighbouring writes are gathered and handed on in large pieces (<see cref="WriteBehind"/>).
/// A copy writes each page once and in order, so that is one write instead of sixty-four for pages of 4 KiB.
/// </summary>
/// <remarks>
/// A VFS as https://sqlite.org/vfs.html describes it. Only a main database is gathered; whatever else SQLite opens goes straight through.
/// What is gathered is written before SQLite reads, asks for the size, truncates or syncs, and at each commit: the pager sends
/// SQLITE_FCNTL_SYNC even with synchronous=OFF, and hears of an error there. The result of a close it would not hear.
/// The methods stop at version 1: no shared memory and no mapping, neither of which a staging file has.
/// </remarks>
internal static unsafe partial class GatheringVfs
{
    private const int OpenMainDatabase = 0x100;
    private const int FileControlSync = 21;

    // The unix VFS masks the length of a write to 17 bits, so no piece may reach 128 KiB.
    private const int MostBytesAtOnce = 0x1FFFF;

    private static readonly Lazy<string> Registered = new(Register);

    private static Vfs* s_base;
    private static IoMethods* s_methods;

    /// <summary>The name to open a database with, <c>vfs=NAME</c> in its URI. The first call registers it.</summary>
    public static string Name => Registered.Value;

    private static string Register()
    {
        const string Name = "sqlitebackup-gather";
        s_base = (Vfs*)VfsFind(0);
        s_methods = (IoMethods*)NativeMemory.AllocZeroed((nuint)sizeof(IoMethods));
        *s_methods = new IoMethods
        {
            Version = 1,
            Close = &Close,
            Read = &Read,
            Write = &Write,
            Truncate = &Truncate,
            Sync = &Sync,
            FileSize = &FileSize,
            Lock = &Lock,
            Unlock = &Unlock,
            CheckReservedLock = &CheckReservedLock,
            FileControl = &FileControl,
            SectorSize = &SectorSize,
            DeviceCharacteristics = &DeviceCharacteristics,
        };

        // Everything but opening is the base's own: it finds its data where it expects it. Registered for the life of the process.
        Vfs* vfs = (Vfs*)NativeMemory.AllocZeroed((nuint)sizeof(Vfs));
        *vfs = *s_base;
        vfs->Version = Math.Min(s_base->Version, 3);
        vfs->FileBytes = sizeof(GatheredFile) + s_base->FileBytes;
        vfs->Next = null;
        vfs->Name = (byte*)Marshal.StringToCoTaskMemUTF8(Name);
        vfs->Open = &Open;
        int code = VfsRegister((nint)vfs, 0);
        return code == raw.SQLITE_OK ? Name : throw new InvalidOperationException($"sqlite3_vfs_register answered {code}.");
    }

    private static File* BaseOf(GatheredFile* file) => (File*)(file + 1);

    private static WriteBehind WriterOf(GatheredFile* file) => (WriteBehind)GCHandle.FromIntPtr(file->Writer).Target!;

    private static int Flush(GatheredFile* file) => WriterOf(file).Drain();

    private static int WriteThrough(File* target, byte* bytes, int length, long offset)
    {
        for (int done = 0; done < length;)
        {
            int piece = Math.Min(length - done, MostBytesAtOnce - 1);
            int code = target->Methods->Write((GatheredFile*)target, bytes + done, piece, offset + done);
            if (code != raw.SQLITE_OK)
            {
                return code;
            }

            done += piece;
        }

        return raw.SQLITE_OK;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Open(Vfs* vfs, byte* name, GatheredFile* file, int flags, int* outFlags)
    {
        if ((flags & OpenMainDatabase) == 0)
        {
            return s_base->Open(s_base, name, file, flags, outFlags);
        }

        *file = default;
        File* target = BaseOf(file);
        target->Methods = null;
        WriteBehind writer;
        try
        {
            writer = new WriteBehind((bytes, length, offset) => WriteThrough(target, bytes, length, offset));
        }
        catch (OutOfMemoryException)
        {
            return raw.SQLITE_NOMEM;
        }

        int code = s_base->Open(s_base, name, (GatheredFile*)target, flags, outFlags);
        if (code != raw.SQLITE_OK)
        {
            writer.Dispose();

            // Whether a failed open left something to close, the base's methods tell; SQLite asks ours.
            if (target->Methods is not null)
            {
                _ = target->Methods->Close((GatheredFile*)target);
            }

            return code;
        }

        file->Writer = GCHandle.ToIntPtr(GCHandle.Alloc(writer));
        file->Methods = s_methods;
        return raw.SQLITE_OK;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Close(GatheredFile* file)
    {
        WriteBehind writer = WriterOf(file);
        int flushed = writer.Drain();
        writer.Dispose();
        GCHandle.FromIntPtr(file->Writer).Free();
        file->Writer = 0;
        int closed = BaseOf(file)->Methods->Close((GatheredFile*)BaseOf(file));
        return flushed != raw.SQLITE_OK ? flushed : closed;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(GatheredFile* file, byte* bytes, int length, long offset) => WriterOf(file).Write(bytes, length, offset);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(GatheredFile* file, byte* bytes, int length, long offset)
    {
        int code = Flush(file);
        return code != raw.SQLITE_OK ? code : BaseOf(file)->Methods->Read((GatheredFile*)BaseOf(file), bytes, length, offset);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Truncate(GatheredFile* file, long size)
    {
        int code = Flush(file);
        return code != raw.SQLITE_OK ? code : BaseOf(file)->Methods->Truncate((GatheredFile*)BaseOf(file), size);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sync(GatheredFile* file, int flags)
    {
        int code = Flush(file);
        return code != raw.SQLITE_OK ? code : BaseOf(file)->Methods->Sync((GatheredFile*)BaseOf(file), flags);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int FileSize(GatheredFile* file, long* size)
    {
        int code = Flush(file);
        return code != raw.SQLITE_OK ? code : BaseOf(file)->Methods->FileSize((GatheredFile*)BaseOf(file), size);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int FileControl(GatheredFile* file, int operation, void* argument)
    {
        int code = operation == FileControlSync ? Flush(file) : raw.SQLITE_OK;
        return code != raw.SQLITE_OK ? code : BaseOf(file)->Methods->FileControl((GatheredFile*)BaseOf(file), operation, argument);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Lock(GatheredFile* file, int level) => BaseOf(file)->Methods->Lock((GatheredFile*)BaseOf(file), level);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Unlock(GatheredFile* file, int level) => BaseOf(file)->Methods->Unlock((GatheredFile*)BaseOf(file), level);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int CheckReservedLock(GatheredFile* file, int* isReserved) =>
        BaseOf(file)->Methods->CheckReservedLock((GatheredFile*)BaseOf(file), isReserved);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int SectorSize(GatheredFile* file) => BaseOf(file)->Methods->SectorSize((GatheredFile*)BaseOf(file));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int DeviceCharacteristics(GatheredFile* file) =>
        BaseOf(file)->Methods->DeviceCharacteristics((GatheredFile*)BaseOf(file));

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_vfs_find")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial nint VfsFind(nint name);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_vfs_register")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial int VfsRegister(nint vfs, int makeDefault);
}
