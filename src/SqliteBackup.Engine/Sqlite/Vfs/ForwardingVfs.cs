using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace SqliteBackup.Sqlite.Vfs;

/// <summary>
/// The platform's own file system, but the database's pages move in large pieces: behind SQLite's writes (<see cref="WriteBehind"/>), as a
/// copy writes each page once and in order, and ahead of its reads (<see cref="ReadAhead"/>) where <c>finished=1</c> stands in its URI.
/// </summary>
/// <remarks>
/// A VFS as https://sqlite.org/vfs.html describes it. Only a main database is streamed; whatever else SQLite opens goes straight through.
/// What was gathered is written before SQLite reads, asks for the size, truncates or syncs, and at each commit: the pager sends
/// SQLITE_FCNTL_SYNC even with synchronous=OFF, and hears of an error there. The result of a close it would not hear.
/// A finished database is opened read-only, and SQLite is not told: on a read-only connection it leaves CHECK constraints out of the schema
/// that it loads, and its check then passes rows that break them. What would write gets SQLITE_READONLY. A header that says WAL is shown as
/// one that does not, as there are no frames to read.
/// The methods stop at version 1: no shared memory and no mapping. A file that somebody truncates under a mapping kills the process.
/// </remarks>
internal static unsafe partial class StreamingVfs
{
    private const int OpenReadOnly = 0x1;
    private const int OpenReadWrite = 0x2;
    private const int OpenCreate = 0x4;
    private const int OpenMainDatabase = 0x100;
    private const int FileControlSync = 21;

    // The unix VFS masks the length of a read or a write to 17 bits, so no piece may reach 128 KiB.
    private const int MaxBytesAtOnce = 0x1FFFF;

    private static readonly Lazy<string> Registered = new(Register);

    [ThreadStatic]
    private static int t_systemError;

    private static Vfs* s_base;
    private static IoMethods* s_methods;

    /// <summary>The name to open a database with, <c>vfs=NAME</c> in its URI. The first call registers it.</summary>
    public static string Name => Registered.Value;

    private static string Register()
    {
        const string Name = "sqlitebackup-stream";
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
        vfs->FileBytes = sizeof(StreamedFile) + s_base->FileBytes;
        vfs->Next = null;
        vfs->Name = (byte*)Marshal.StringToCoTaskMemUTF8(Name);
        vfs->Open = &Open;
        vfs->Access = &Access;
        vfs->LastError = &LastError;
        int code = VfsRegister((nint)vfs, 0);
        return code == raw.SQLITE_OK ? Name : throw new InvalidOperationException($"sqlite3_vfs_register answered {code}.");
    }

    private static File* BaseOf(StreamedFile* file) => (File*)(file + 1);

    private static IPageBuffer StreamOf(StreamedFile* file) => (IPageBuffer)GCHandle.FromIntPtr(file->Stream).Target!;

    private static int Drain(StreamedFile* file) => Noted(file, StreamOf(file).Drain());

    // SQLite asks for the system's error number on its own thread, but a write may have failed on another.
    private static int Noted(StreamedFile* file, int code)
    {
        t_systemError = code == raw.SQLITE_OK ? 0 : StreamOf(file).SystemError;
        return code;
    }

    private static int InPieces(
        delegate* unmanaged[Cdecl]<StreamedFile*, byte*, int, long, int> move, File* target, byte* bytes, int length, long offset)
    {
        for (int done = 0; done < length;)
        {
            int piece = Math.Min(length - done, MaxBytesAtOnce - 1);
            int code = move((StreamedFile*)target, bytes + done, piece, offset + done);
            if (code != raw.SQLITE_OK)
            {
                return code;
            }

            done += piece;
        }

        return raw.SQLITE_OK;
    }

    private static IPageBuffer CreateStream(File* target, bool isFinished)
    {
        int Get(byte* bytes, int length, long offset) => InPieces(target->Methods->Read, target, bytes, length, offset);
        if (!isFinished)
        {
            return new WriteBehind((bytes, length, offset) => InPieces(target->Methods->Write, target, bytes, length, offset), Get);
        }

        int GetWithoutWal(byte* bytes, int length, long offset)
        {
            int code = Get(bytes, length, offset);
            if (offset == 0 && length >= DatabaseHeader.Length)
            {
                new Span<byte>(bytes, length).Slice(DatabaseHeader.VersionsOffset, 2).Replace(DatabaseHeader.WalVersion, DatabaseHeader.RollbackVersion);
            }

            return code;
        }

        // Nobody writes to it, so its size stays what it is.
        long size;
        return new ReadAhead(GetWithoutWal, target->Methods->FileSize((StreamedFile*)target, &size) == raw.SQLITE_OK ? size : 0);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Open(Vfs* vfs, byte* name, StreamedFile* file, int flags, int* outFlags)
    {
        if ((flags & OpenMainDatabase) == 0)
        {
            return s_base->Open(s_base, name, file, flags, outFlags);
        }

        *file = default;
        File* target = BaseOf(file);
        target->Methods = null;
        bool isFinished = UriBoolean(name, "finished", 0) != 0;
        int code = s_base->Open(
            s_base, name, (StreamedFile*)target, isFinished ? (flags & ~(OpenReadWrite | OpenCreate)) | OpenReadOnly : flags, outFlags);
        if (isFinished && outFlags is not null)
        {
            *outFlags = flags;
        }

        if (code == raw.SQLITE_OK)
        {
            try
            {
                file->Stream = GCHandle.ToIntPtr(GCHandle.Alloc(CreateStream(target, isFinished)));
                file->Methods = s_methods;
                return raw.SQLITE_OK;
            }
            catch (OutOfMemoryException)
            {
                code = raw.SQLITE_NOMEM;
            }
        }

        // Whether a failed open left something to close, the base's methods tell; SQLite asks ours.
        if (target->Methods is not null)
        {
            _ = target->Methods->Close((StreamedFile*)target);
        }

        return code;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int LastError(Vfs* vfs, int length, byte* text) =>
        t_systemError != 0 ? t_systemError : s_base->LastError(s_base, length, text);

    // A journal or a WAL beside what is opened here is nobody's that SQLite should hear of: a link to it may have been planted.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Access(Vfs* vfs, byte* name, int question, int* answer)
    {
        *answer = 0;
        return raw.SQLITE_OK;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Close(StreamedFile* file)
    {
        IPageBuffer stream = StreamOf(file);
        int flushed = Drain(file);
        stream.Dispose();
        GCHandle.FromIntPtr(file->Stream).Free();
        file->Stream = 0;
        int closed = BaseOf(file)->Methods->Close((StreamedFile*)BaseOf(file));
        return flushed != raw.SQLITE_OK ? flushed : closed;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(StreamedFile* file, byte* bytes, int length, long offset) =>
        Noted(file, StreamOf(file).Write(bytes, length, offset));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(StreamedFile* file, byte* bytes, int length, long offset) =>
        Noted(file, StreamOf(file).Read(bytes, length, offset));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Truncate(StreamedFile* file, long size)
    {
        int code = Drain(file);
        return code != raw.SQLITE_OK ? code : BaseOf(file)->Methods->Truncate((StreamedFile*)BaseOf(file), size);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sync(StreamedFile* file, int flags)
    {
        int code = Drain(file);
        return code != raw.SQLITE_OK ? code : BaseOf(file)->Methods->Sync((StreamedFile*)BaseOf(file), flags);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int FileSize(StreamedFile* file, long* size)
    {
        int code = Drain(file);
        return code != raw.SQLITE_OK ? code : BaseOf(file)->Methods->FileSize((StreamedFile*)BaseOf(file), size);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int FileControl(StreamedFile* file, int operation, void* argument)
    {
        int code = operation == FileControlSync ? Drain(file) : raw.SQLITE_OK;
        return code != raw.SQLITE_OK ? code : BaseOf(file)->Methods->FileControl((StreamedFile*)BaseOf(file), operation, argument);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Lock(StreamedFile* file, int level) => BaseOf(file)->Methods->Lock((StreamedFile*)BaseOf(file), level);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Unlock(StreamedFile* file, int level) => BaseOf(file)->Methods->Unlock((StreamedFile*)BaseOf(file), level);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int CheckReservedLock(StreamedFile* file, int* isReserved) =>
        BaseOf(file)->Methods->CheckReservedLock((StreamedFile*)BaseOf(file), isReserved);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int SectorSize(StreamedFile* file) => BaseOf(file)->Methods->SectorSize((StreamedFile*)BaseOf(file));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int DeviceCharacteristics(StreamedFile* file) =>
        BaseOf(file)->Methods->DeviceCharacteristics((StreamedFile*)BaseOf(file));

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_vfs_find")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial nint VfsFind(nint name);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_vfs_register")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial int VfsRegister(nint vfs, int makeDefault);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_uri_boolean", StringMarshalling = StringMarshalling.Utf8)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial int UriBoolean(byte* name, string parameter, int missing);
}
