package io.millrace.source.codec;

import java.sql.Connection;
import java.sql.SQLException;

/** Opens a pgjdbc session to the source database for a look into its catalog; whoever opens it closes it. */
@FunctionalInterface
public interface SessionSource {
    Connection open() throws SQLException;
}
