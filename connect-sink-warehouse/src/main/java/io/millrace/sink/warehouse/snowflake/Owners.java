package io.millrace.sink.warehouse.snowflake;

import io.millrace.sink.destination.TableId;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;

/** Which of the connector's tables has which name in Snowflake, where names that differ in case only are one. */
final class Owners {
    private final Place place;
    private final Map<String, TableId> tables = new HashMap<>();

    Owners(Place place) {
        this.place = place;
    }

    /** A table that was written before. */
    void know(TableId table) {
        tables.putIfAbsent(place.sql(table), table);
    }

    /** @throws ConnectException for the second of two tables of one name */
    void take(TableId table) {
        TableId other = tables.putIfAbsent(place.sql(table), table);
        if (other != null && !other.equals(table)) {
            throw new ConnectException("Table " + table + " is the same in Snowflake as " + other
                    + ", from which it differs in case only; " + SnowflakeWarehouse.IDENTIFIER_CASE
                    + "=keep tells them apart, or give it another name by table.map");
        }
    }
}
