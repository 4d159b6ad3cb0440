package io.millrace.source.query;

import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Where a mirror's first run begins. */
@FunctionalInterface
interface StartValue {
    /** @param from the first value to read; null for the lowest */
    record Start(@Nullable BigInteger from) {}

    /**
     * @param session of the source
     * @param settled the highest value that may be read now
     * @param keyed whether a row that comes twice does no harm
     */
    Start of(Connection session, Shape.Column column, BigInteger settled, boolean keyed) throws SQLException;
}
