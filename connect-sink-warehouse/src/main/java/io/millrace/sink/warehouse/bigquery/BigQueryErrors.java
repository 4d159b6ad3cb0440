package io.millrace.sink.warehouse.bigquery;

import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;

/**
 * What an error of BigQuery's means.
 *
 * @see <a href="https://cloud.google.com/bigquery/docs/error-messages">Error messages</a>
 */
final class BigQueryErrors {
    /** Raised by the statements of an apply. */
    static final String FENCED = "millrace fenced";

    static final String UNKNOWN = "millrace unknown";

    static final String ABSENT = "millrace absent";

    private static final Pattern PLACES = Pattern.compile(ABSENT + " (\\d+): ([0-9,]+)");
    private static final Set<String> TRANSIENT = Set.of(
            "backendError",
            "internalError",
            "jobBackendError",
            "jobInternalError",
            "jobRateLimitExceeded",
            "rateLimitExceeded",
            "tableUnavailable",
            "resourceInUse");
    private static final List<String> CONFLICT =
            List.of("due to concurrent update", "Could not serialize access", "conflicting transaction");
    private static final List<String> DATA = List.of(
            "Required field",
            "cannot be null",
            "out of range",
            "Bad int64",
            "Invalid NUMERIC",
            "Invalid BIGNUMERIC",
            "PARSE_JSON",
            "has maximum length");

    private BigQueryErrors() {}

    /** Patches without a row: the place of their batch among those of the script, and theirs in it. */
    record Absent(int batch, List<Integer> ordinals) {}

    static boolean isFenced(JobException e) {
        return e.text().contains(FENCED);
    }

    static boolean isUnknown(JobException e) {
        return e.text().contains(UNKNOWN);
    }

    /** Null for other errors. */
    static @org.jspecify.annotations.Nullable Absent absent(JobException e) {
        Matcher matcher = PLACES.matcher(e.text());
        if (!matcher.find()) {
            return null;
        }
        List<Integer> ordinals = List.of(matcher.group(2).split(",", -1)).stream()
                .map(Integer::valueOf)
                .toList();
        return new Absent(Integer.parseInt(matcher.group(1)), ordinals);
    }

    /** Another transaction has changed the same table; nothing of this one is there. */
    static boolean isConflict(JobException e) {
        return CONFLICT.stream().anyMatch(e.text()::contains);
    }

    /** Whether the same may succeed when it is repeated. */
    static boolean isTransient(JobException e) {
        return isConflict(e) || e.isLost() || e.code() == 429 || e.code() >= 500 || TRANSIENT.contains(e.reason());
    }

    static boolean isMissing(JobException e) {
        return e.code() == 404 || e.reason().equals("notFound");
    }

    /** A table or a column is not as it was. */
    static boolean isChanged(JobException e) {
        return isMissing(e)
                || e.text().contains("Unrecognized name")
                || e.text().contains("not found inside");
    }

    static boolean isData(JobException e) {
        return e.isOfJob() && DATA.stream().anyMatch(e.text()::contains);
    }

    /** For messages about data: the column of a NOT NULL that is broken, without any value. */
    static String withoutValues(JobException e) {
        Matcher column =
                Pattern.compile("Required field ([^ ]+) cannot be null").matcher(e.text());
        return column.find()
                ? "BigQuery refuses a row: NULL in the required column " + column.group(1)
                : "BigQuery refuses a row: a value does not fit its column";
    }

    /** What Connect is to do about it; {@code doing} says what was being done. */
    static ConnectException translate(String doing, JobException e) {
        if (isData(e)) {
            return new ConnectException(doing + ": " + withoutValues(e));
        }
        String what = doing + ": " + e.text() + remedy(e);
        return isTransient(e) ? new RetriableException(what, e) : new ConnectException(what, e);
    }

    private static String remedy(JobException e) {
        if (e.reason().equals("quotaExceeded")) {
            return ". A quota of the project is used up: raise " + BigQueryWarehouse.MERGE_INTERVAL_MS;
        }
        if (e.code() == 401 || e.code() == 403 || e.reason().equals("accessDenied")) {
            return ". The roles that the account needs are in docs/bigquery.md";
        }
        return "";
    }
}
