package io.millrace.sink.destination;

/** Bits that say what a staged row is. Exactly one of DELETE, UPSERT, PATCH and FLAG is set. */
public final class Row {
    /** The row with this key goes away. Only the key's columns are there. */
    public static final int DELETE = 1;

    /** A whole row: inserted, or written over the row of its key. Columns outside its layout keep their values. */
    public static final int UPSERT = 2;

    /** Part of a row that must exist: columns outside its layout keep their values. */
    public static final int PATCH = 4;

    /** With PATCH: no row with this key is no error (the source told that it is gone by now). */
    public static final int MAY_BE_ABSENT = 8;

    /** Soft delete of the row with this key, if there is one. Only the key's columns are there. */
    public static final int FLAG = 16;

    /** With UPSERT or PATCH: the row is flagged as deleted too. */
    public static final int DELETED = 32;

    private Row() {}
}
