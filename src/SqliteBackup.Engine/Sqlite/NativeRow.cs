using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace SqliteBackup.Sqlite;

/// <summary>
/// A statement's rows, without what SQLitePCLRaw does around each call to keep the statement alive, and with one lock a value where SQLite
/// takes one for each question: with millions of values that is most of the time. Whoever reads keeps the statement, and nobody else uses
/// its connection meanwhile (https://sqlite.org/c3ref/column_blob.html, https://sqlite.org/c3ref/value.html).
/// </summary>
internal readonly unsafe partial struct NativeRow(sqlite3_stmt statement)
{
    private readonly nint _statement = statement.DangerousGetHandle();

    /// <summary>Goes to the next row.</summary>
    /// <returns>SQLite's result code.</returns>
    public int Step() => StepNext(_statement);

    /// <summary>A value of the current row; valid until the next step.</summary>
    public Value this[int column] => new(ColumnValue(_statement, column));

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_step")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial int StepNext(nint statement);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_column_value")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    [SuppressGCTransition]
    private static partial nint ColumnValue(nint statement, int column);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_value_type")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    [SuppressGCTransition]
    private static partial int ValueType(nint value);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_value_int64")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    [SuppressGCTransition]
    private static partial long ValueInteger(nint value);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_value_double")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    [SuppressGCTransition]
    private static partial double ValueReal(nint value);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_value_text")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial byte* ValueText(nint value);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_value_blob")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial byte* ValueBlob(nint value);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_value_bytes")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial int ValueBytes(nint value);

    /// <summary>One value.</summary>
    public readonly struct Value(nint value)
    {
        /// <summary>SQLITE_INTEGER and so on.</summary>
        public int Type => ValueType(value);

        /// <summary>An integer.</summary>
        public long Integer => ValueInteger(value);

        /// <summary>A real.</summary>
        public double Real => ValueReal(value);

        /// <summary>The bytes of a text as UTF-8, with NULs and all.</summary>
        /// <exception cref="InsufficientMemoryException">SQLite has no memory for it.</exception>
        public ReadOnlySpan<byte> Text => Span(ValueText(value), isNullFailure: true);

        /// <summary>The bytes of a blob.</summary>
        /// <exception cref="InsufficientMemoryException">SQLite has no memory for it.</exception>
        public ReadOnlySpan<byte> Blob => Span(ValueBlob(value), isNullFailure: false);

        // An empty blob has no bytes to point to. Anything else without bytes would be written as if it were empty.
        private ReadOnlySpan<byte> Span(byte* bytes, bool isNullFailure)
        {
            int length = ValueBytes(value);
            return bytes is null && (isNullFailure || length > 0)
                ? throw new InsufficientMemoryException("SQLite has no memory for a value of the row.")
                : new ReadOnlySpan<byte>(bytes, length);
        }
    }
}
