package io.millrace.source.stream.pgoutput;

import org.apache.kafka.connect.errors.ConnectException;

/** Bytes that are not a pgoutput message. Never retried as they are: the connection is opened again or the task stops. */
public final class MalformedMessageException extends ConnectException {
    private static final long serialVersionUID = 1L;

    MalformedMessageException(String what) {
        super("malformed pgoutput message: " + what);
    }
}
