package io.millrace.sink.warehouse.clickhouse;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * What the server has refused for good.
 *
 * @see <a href="https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp">Error codes</a>
 */
final class ClickHouseError extends ConnectException {
    private static final long serialVersionUID = 1L;

    private static final int NO_SUCH_COLUMN = 16;
    private static final int UNKNOWN_IDENTIFIER = 47;
    private static final int UNKNOWN_TABLE = 60;
    private static final int UNKNOWN_DATABASE = 81;

    /** Busy, starting, losing a connection, or out of something for now. */
    private static final Set<Integer> TRANSIENT = Set.of(
            159, // TIMEOUT_EXCEEDED
            160, // TOO_SLOW
            202, // TOO_MANY_SIMULTANEOUS_QUERIES
            203, // NO_FREE_CONNECTION
            209, // SOCKET_TIMEOUT
            210, // NETWORK_ERROR
            225, // NO_ZOOKEEPER
            236, // ABORTED
            241, // MEMORY_LIMIT_EXCEEDED
            242, // TABLE_IS_READ_ONLY
            252, // TOO_MANY_PARTS
            279, // ALL_CONNECTION_TRIES_FAILED
            285, // TOO_FEW_LIVE_REPLICAS
            286, // UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE
            319, // UNKNOWN_STATUS_OF_INSERT
            341, // UNFINISHED
            394, // QUERY_WAS_CANCELLED
            425, // SYSTEM_ERROR
            439, // CANNOT_SCHEDULE_TASK
            473, // DEADLOCK_AVOIDED
            517, // CANNOT_ASSIGN_ALTER
            733, // TABLE_IS_BEING_RESTARTED
            999 // KEEPER_EXCEPTION
            );

    /** Errors about values, whose messages show them. */
    private static final Set<Integer> DATA = Set.of(
            6, // CANNOT_PARSE_TEXT
            26, // CANNOT_PARSE_QUOTED_STRING
            27, // CANNOT_PARSE_INPUT_ASSERTION_FAILED
            33, // CANNOT_READ_ALL_DATA
            38, // CANNOT_PARSE_DATE
            41, // CANNOT_PARSE_DATETIME
            69, // ARGUMENT_OUT_OF_BOUND
            70, // CANNOT_CONVERT_TYPE
            72, // CANNOT_PARSE_NUMBER
            117, // INCORRECT_DATA
            131, // TOO_LARGE_STRING_SIZE
            321, // VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
            349, // CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
            376, // CANNOT_PARSE_UUID
            407, // DECIMAL_OVERFLOW
            469 // VIOLATED_CONSTRAINT
            );

    /** What the server calls the error, behind its message. */
    private static final Pattern NAME = Pattern.compile("\\([A-Z]+(_[A-Z]+)+\\)");

    private final int code;

    ClickHouseError(int code, String message, Throwable cause) {
        // A cause of which the message shows values would be logged with them.
        super("ClickHouse refuses: " + withoutValues(code, message), DATA.contains(code) ? null : cause);
        this.code = code;
    }

    static boolean isTransient(int code) {
        return TRANSIENT.contains(code);
    }

    /** A table, column or database is not there. */
    boolean isGone() {
        return code == NO_SUCH_COLUMN
                || code == UNKNOWN_IDENTIFIER
                || code == UNKNOWN_TABLE
                || code == UNKNOWN_DATABASE;
    }

    boolean isUnknownTable() {
        return code == UNKNOWN_TABLE;
    }

    private static String withoutValues(int code, String message) {
        if (!DATA.contains(code)) {
            return message;
        }
        Matcher name = NAME.matcher(message);
        String last = "";
        while (name.find()) {
            last = " " + name.group();
        }
        return "a value or constraint, error " + code + last;
    }
}
