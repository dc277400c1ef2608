using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace SqliteBackup.Sqlite.Vfs;

/// <summary>
/// The platform's own file system with a buffer before some files, under two names. <see cref="Name"/> is for private files: before each main
/// database it has one that writes behind (<see cref="WriteBehind"/>), as a copy writes each page once and in order, or a
/// <see cref="FinishedFile"/> where <c>finished=1</c> stands in its URI. <see cref="JournalName"/> is for databases that others have open: it
/// writes behind to their rollback journals, which take three small writes a page.
/// </summary>
/// <remarks>
/// A VFS as https://sqlite.org/vfs.html describes it. Whatever else SQLite opens goes straight through: it is the platform's own file, with its
/// own locks and shared memory. What was gathered is written before SQLite reads it, asks for the size, truncates or syncs, and at each commit:
/// the pager sends SQLITE_FCNTL_SYNC even with synchronous=OFF, and hears of an error there. The result of a close it would not hear. A journal
/// it syncs before it writes to the database (https://sqlite.org/atomiccommit.html), so a crash takes back what it does without this.
/// The methods stop at version 1: no shared memory and no mapping. A file that somebody truncates under a mapping kills the process.
/// </remarks>
internal static unsafe partial class ForwardingVfs
{
    private const int OpenMainDatabase = 0x100;
    private const int OpenMainJournal = 0x800;
    private const int FileControlSync = 21;

    private static readonly Vfs* Base = (Vfs*)VfsFind(0);
    private static readonly IoMethods* Methods = CreateMethods();
    private static readonly Lazy<string> Registered = new(() => Register("sqlitebackup-stream", &Open, &Access));
    private static readonly Lazy<string> RegisteredForJournals = new(() => Register("sqlitebackup-journal", &OpenLive, Base->Access));

    [ThreadStatic]
    private static int t_systemError;

    /// <summary>The name to open a private database with, <c>vfs=NAME</c> in its URI. The first call registers it.</summary>
    public static string Name => Registered.Value;

    /// <summary>The name to open a database with that others may have open, and that much will be written to. The first call registers it.</summary>
    public static string JournalName => RegisteredForJournals.Value;

    private static IoMethods* CreateMethods()
    {
        var methods = (IoMethods*)NativeMemory.AllocZeroed((nuint)sizeof(IoMethods));
        *methods = new IoMethods
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
        return methods;
    }

    private static string Register(
        string name,
        delegate* unmanaged[Cdecl]<Vfs*, byte*, ForwardedFile*, int, int*, int> open,
        delegate* unmanaged[Cdecl]<Vfs*, byte*, int, int*, int> access)
    {
        // Everything but opening is the base's own: it finds its data where it expects it. Registered for the life of the process.
        Vfs* vfs = (Vfs*)NativeMemory.AllocZeroed((nuint)sizeof(Vfs));
        *vfs = *Base;
        vfs->Version = Math.Min(Base->Version, 3);
        vfs->FileBytes = sizeof(ForwardedFile) + Base->FileBytes;
        vfs->Next = null;
        vfs->Name = (byte*)Marshal.StringToCoTaskMemUTF8(name);
        vfs->Open = open;
        vfs->Access = access;
        vfs->LastError = &LastError;
        int code = VfsRegister((nint)vfs, 0);
        return code == raw.SQLITE_OK ? name : throw new InvalidOperationException($"sqlite3_vfs_register answered {code}.");
    }

    private static File* BaseOf(ForwardedFile* file) => (File*)(file + 1);

    private static IPageBuffer BufferOf(ForwardedFile* file) => (IPageBuffer)GCHandle.FromIntPtr(file->Buffer).Target!;

    private static int Drain(ForwardedFile* file) => Noted(file, BufferOf(file).Drain());

    // SQLite asks for the system's error number on its own thread, but a write may have failed on another; and it asks late, after a rollback
    // that went well.
    private static int Noted(ForwardedFile* file, int code)
    {
        if (code != raw.SQLITE_OK)
        {
            t_systemError = BufferOf(file).SystemError;
        }

        return code;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Open(Vfs* vfs, byte* name, ForwardedFile* file, int flags, int* outFlags) =>
        (flags & OpenMainDatabase) == 0 ? OpenOwn(name, file, flags, outFlags)
        : UriBoolean(name, "finished", 0) == 0 ? OpenBuffered(name, file, flags, outFlags, isFinished: false)
        : OpenFinished(name, file, flags, outFlags);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OpenLive(Vfs* vfs, byte* name, ForwardedFile* file, int flags, int* outFlags) =>
        (flags & OpenMainJournal) == 0 ? OpenOwn(name, file, flags, outFlags) : OpenBuffered(name, file, flags, outFlags, isFinished: false);

    // What SQLite has then is the base's file, and nothing of ours.
    private static int OpenOwn(byte* name, ForwardedFile* file, int flags, int* outFlags)
    {
        t_systemError = 0;
        return Base->Open(Base, name, file, flags, outFlags);
    }

    private static int OpenFinished(byte* name, ForwardedFile* file, int flags, int* outFlags)
    {
        int code = OpenBuffered(name, file, FinishedFile.ReadOnly(flags), outFlags, isFinished: true);
        if (outFlags is not null)
        {
            *outFlags = flags;
        }

        return code;
    }

    private static int OpenBuffered(byte* name, ForwardedFile* file, int flags, int* outFlags, bool isFinished)
    {
        t_systemError = 0;
        *file = default;
        File* target = BaseOf(file);
        target->Methods = null;
        int code = Base->Open(Base, name, (ForwardedFile*)target, flags, outFlags);
        if (code == raw.SQLITE_OK)
        {
            try
            {
                var opened = new BaseFile(target);
                IPageBuffer buffer = isFinished ? new FinishedFile(opened.Read, opened.Size) : new WriteBehind(opened.Write, opened.Read);
                file->Buffer = GCHandle.ToIntPtr(GCHandle.Alloc(buffer));
                file->Methods = Methods;
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
            _ = target->Methods->Close((ForwardedFile*)target);
        }

        return code;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int LastError(Vfs* vfs, int length, byte* text) =>
        t_systemError != 0 ? t_systemError : Base->LastError(Base, length, text);

    // A journal or a WAL beside what is opened here is nobody's that SQLite should hear of: a link to it may have been planted.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Access(Vfs* vfs, byte* name, int question, int* answer)
    {
        *answer = 0;
        return raw.SQLITE_OK;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Close(ForwardedFile* file)
    {
        IPageBuffer buffer = BufferOf(file);
        int flushed = Drain(file);
        buffer.Dispose();
        GCHandle.FromIntPtr(file->Buffer).Free();
        file->Buffer = 0;
        int closed = BaseOf(file)->Methods->Close((ForwardedFile*)BaseOf(file));
        return flushed != raw.SQLITE_OK ? flushed : closed;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(ForwardedFile* file, byte* bytes, int length, long offset) =>
        Noted(file, BufferOf(file).Write(bytes, length, offset));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(ForwardedFile* file, byte* bytes, int length, long offset) =>
        Noted(file, BufferOf(file).Read(bytes, length, offset));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Truncate(ForwardedFile* file, long size)
    {
        int code = Drain(file);
        return code != raw.SQLITE_OK ? code : BaseOf(file)->Methods->Truncate((ForwardedFile*)BaseOf(file), size);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sync(ForwardedFile* file, int flags)
    {
        int code = Drain(file);
        if (code != raw.SQLITE_OK)
        {
            return code;
        }

        code = BaseOf(file)->Methods->Sync((ForwardedFile*)BaseOf(file), flags);
        t_systemError = code == raw.SQLITE_OK ? t_systemError : Marshal.GetLastSystemError();
        return code;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int FileSize(ForwardedFile* file, long* size)
    {
        int code = Drain(file);
        return code != raw.SQLITE_OK ? code : BaseOf(file)->Methods->FileSize((ForwardedFile*)BaseOf(file), size);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int FileControl(ForwardedFile* file, int operation, void* argument)
    {
        int code = operation == FileControlSync ? Drain(file) : raw.SQLITE_OK;
        return code != raw.SQLITE_OK ? code : BaseOf(file)->Methods->FileControl((ForwardedFile*)BaseOf(file), operation, argument);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Lock(ForwardedFile* file, int level) => BaseOf(file)->Methods->Lock((ForwardedFile*)BaseOf(file), level);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Unlock(ForwardedFile* file, int level) => BaseOf(file)->Methods->Unlock((ForwardedFile*)BaseOf(file), level);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int CheckReservedLock(ForwardedFile* file, int* isReserved) =>
        BaseOf(file)->Methods->CheckReservedLock((ForwardedFile*)BaseOf(file), isReserved);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int SectorSize(ForwardedFile* file) => BaseOf(file)->Methods->SectorSize((ForwardedFile*)BaseOf(file));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int DeviceCharacteristics(ForwardedFile* file) =>
        BaseOf(file)->Methods->DeviceCharacteristics((ForwardedFile*)BaseOf(file));

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
