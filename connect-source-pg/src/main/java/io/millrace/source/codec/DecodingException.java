package io.millrace.source.codec;

import org.apache.kafka.connect.errors.DataException;

/** A column value that is malformed or that its schema cannot hold. The message names column and type and never holds row data. */
public final class DecodingException extends DataException {
    private static final long serialVersionUID = 1L;

    DecodingException(String message) {
        super(message);
    }

    /** The same with the table's name in front. */
    public DecodingException in(String table) {
        DecodingException named = new DecodingException("Table " + table + ": " + getMessage());
        named.setStackTrace(getStackTrace());
        return named;
    }
}
