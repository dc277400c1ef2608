using System.Runtime.InteropServices;

namespace SqliteBackup.Sqlite.Vfs;

/// <summary>The structures of SQLite's file system interface (https://sqlite.org/c3ref/vfs.html, https://sqlite.org/c3ref/io_methods.html).</summary>
internal static unsafe partial class ForwardingVfs
{
    /// <summary><c>sqlite3_vfs</c>, to its version 3. Only what is read or replaced has a type of its own.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Vfs
    {
        public int Version;
        public int FileBytes;
        public int MaxPathBytes;
        public Vfs* Next;
        public byte* Name;
        public void* Data;
        public delegate* unmanaged[Cdecl]<Vfs*, byte*, ForwardedFile*, int, int*, int> Open;
        public nint Delete;
        public delegate* unmanaged[Cdecl]<Vfs*, byte*, int, int*, int> Access;
        public nint FullPathName;
        public nint LibraryOpen;
        public nint LibraryError;
        public nint LibrarySymbol;
        public nint LibraryClose;
        public nint Randomness;
        public nint Sleep;
        public nint CurrentTime;
        public delegate* unmanaged[Cdecl]<Vfs*, int, byte*, int> LastError;
        public nint CurrentTimeInteger;
        public delegate* unmanaged[Cdecl]<Vfs*, byte*, nint, int> SetSystemCall;
        public delegate* unmanaged[Cdecl]<Vfs*, byte*, nint> SystemCall;
        public nint NextSystemCall;
    }

    /// <summary><c>sqlite3_io_methods</c>, version 1. A base file is passed where a gathered one stands: both begin with their methods.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct IoMethods
    {
        public int Version;
        public delegate* unmanaged[Cdecl]<ForwardedFile*, int> Close;
        public delegate* unmanaged[Cdecl]<ForwardedFile*, byte*, int, long, int> Read;
        public delegate* unmanaged[Cdecl]<ForwardedFile*, byte*, int, long, int> Write;
        public delegate* unmanaged[Cdecl]<ForwardedFile*, long, int> Truncate;
        public delegate* unmanaged[Cdecl]<ForwardedFile*, int, int> Sync;
        public delegate* unmanaged[Cdecl]<ForwardedFile*, long*, int> FileSize;
        public delegate* unmanaged[Cdecl]<ForwardedFile*, int, int> Lock;
        public delegate* unmanaged[Cdecl]<ForwardedFile*, int, int> Unlock;
        public delegate* unmanaged[Cdecl]<ForwardedFile*, int*, int> CheckReservedLock;
        public delegate* unmanaged[Cdecl]<ForwardedFile*, int, void*, int> FileControl;
        public delegate* unmanaged[Cdecl]<ForwardedFile*, int> SectorSize;
        public delegate* unmanaged[Cdecl]<ForwardedFile*, int> DeviceCharacteristics;
    }

    /// <summary><c>sqlite3_file</c>: the base's own one follows a gathered file in memory.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct File
    {
        public IoMethods* Methods;
    }

    /// <summary>A file with the handle of its <see cref="IPageBuffer"/>. Its size is a multiple of 8, so that the base's file is aligned.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct ForwardedFile
    {
        public IoMethods* Methods;
        public nint Buffer;
    }
}
