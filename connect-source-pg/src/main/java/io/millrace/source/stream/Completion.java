package io.millrace.source.stream;

import io.millrace.core.Headers;
import io.millrace.source.record.TableSchema;
import java.sql.SQLException;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** Rows that lack unchanged TOAST values where nobody may have these: they are read again, or a header says so. */
final class Completion {
    private final Rereader rereader;
    private final Companion companion;

    Completion(Rereader rereader, Companion companion) {
        this.rereader = rereader;
        this.companion = companion;
    }

    /** Reads the values; false when the row is gone. */
    boolean read(TableSchema schema, Struct row) throws SQLException, InterruptedException {
        return rereader.complete(schema, row);
    }

    /** For an update: the header that its record needs, null for none. */
    @Nullable
    String of(TableSchema schema, Struct row, long commitLsn) throws SQLException, InterruptedException {
        Companion.Copying copying = companion.watches() ? companion.copying(schema.table()) : Companion.Copying.NOT;
        if (copying == Companion.Copying.READING || rereader.doubts(commitLsn)) {
            return read(schema, row) ? null : Headers.GONE;
        }
        return copying == Companion.Copying.WAITING ? Headers.REPLAY : null;
    }
}
