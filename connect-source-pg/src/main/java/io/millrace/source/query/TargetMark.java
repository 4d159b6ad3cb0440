package io.millrace.source.query;

import java.sql.Connection;
import java.sql.SQLException;

/** A session of the database that the mirrored rows end up in. */
@FunctionalInterface
public interface TargetMark {
    Connection open() throws SQLException;
}
