package io.millrace.sink.destination;

/**
 * Writes one value of one column in the form that the destination stages. Resolved once per schema and called for each
 * value: it allocates nothing that the value does not need. The core frames what is written with its length.
 */
@FunctionalInterface
public interface FieldEncoder {
    /**
     * Appends {@code value}, which is never null, to {@code out}.
     *
     * @throws org.apache.kafka.connect.errors.DataException if the target cannot hold the value; the message never
     *     shows the value
     */
    void encode(Object value, RowBytes out);
}
