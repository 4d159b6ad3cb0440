package io.millrace.sink.warehouse.bigquery;

import com.google.cloud.bigquery.BigQueryError;
import com.google.cloud.bigquery.BigQueryException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request or a job that has failed. */
final class JobException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int code;
    private final String reason;
    private final boolean ofJob;
    private final boolean lost;

    private JobException(
            String message, int code, String reason, boolean ofJob, boolean lost, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.reason = reason;
        this.ofJob = ofJob;
        this.lost = lost;
    }

    /** A request that was refused, or that has had no answer. */
    static JobException of(BigQueryException e) {
        BigQueryError error = e.getError();
        String reason = error == null ? String.valueOf(e.getReason()) : String.valueOf(error.getReason());
        boolean lost = e.getCode() <= 0 || e.getCause() instanceof java.io.IOException && e.getCode() < 400;
        return new JobException(String.valueOf(e.getMessage()), e.getCode(), reason, false, lost, e);
    }

    /** A job that has ended with an error: nothing of its transaction is there. */
    static JobException of(BigQueryError error) {
        return new JobException(
                String.valueOf(error.getMessage()), 0, String.valueOf(error.getReason()), true, false, null);
    }

    /** A request that was refused with HTTP's status; 0 for one that has had no answer. */
    static JobException of(int code, String message, Throwable cause) {
        return new JobException(message, code, "", false, code == 0, cause);
    }

    /** The client's own word for a job that has ended with errors. */
    static JobException of(com.google.cloud.bigquery.JobException e) {
        List<BigQueryError> errors = e.getErrors();
        String reason = errors == null || errors.isEmpty()
                ? ""
                : String.valueOf(errors.get(0).getReason());
        return new JobException(String.valueOf(e.getMessage()), 0, reason, true, false, e);
    }

    /** HTTP's status of a refused request; 0 for others. */
    int code() {
        return code;
    }

    /** BigQuery's word for it. */
    String reason() {
        return reason;
    }

    boolean isOfJob() {
        return ofJob;
    }

    /** Whether there was no answer. */
    boolean isLost() {
        return lost;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
